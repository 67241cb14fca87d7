import { FAULT_NAMES, type FaultName } from '@magic-hour-keys/testing/fault-proxy';

export interface Cell {
  /** `"key"`, or the code of the error. */
  readonly ended: string;
  readonly elapsedMs: number;
  readonly stalledMs: number;
}

/** What every backend made of every fault, to be read by people. */
export interface OutcomeTable {
  note(backend: string, fault: FaultName, cell: Cell): void;
  print(backends: readonly string[]): string;
}

export function createOutcomeTable(): OutcomeTable {
  const cells = new Map<string, Cell>();

  function show(backend: string, fault: FaultName): string {
    const cell = cells.get(`${backend} ${fault}`);
    if (!cell) return '–';
    const stall = cell.stalledMs < 1 ? '' : `, ${Math.round(cell.stalledMs)} stalled`;
    return `${cell.ended} ${Math.round(cell.elapsedMs)}${stall}`;
  }

  return {
    note: (backend, fault, cell) => void cells.set(`${backend} ${fault}`, cell),
    print(backends) {
      const rows = FAULT_NAMES.map((fault) => [fault, ...backends.map((backend) => show(backend, fault))]);
      const table = [['fault (times in ms)', ...backends], ...rows];
      const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
      return table
        .map((row) =>
          row
            .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
            .join('  ')
            .trimEnd(),
        )
        .join('\n');
    },
  };
}
