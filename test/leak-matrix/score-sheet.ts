/** What one cell of the matrix has shown. */
export interface Score {
  /** How many texts were searched, each for every secret in every encoding. */
  readonly texts: number;
  readonly hits: number;
}

export interface ScoreSheet {
  /** `undefined`: this can't happen to this source. */
  noteCell(row: string, column: string, score: Score | undefined): void;
  /** What is found in a text that is known to hold a secret. */
  noteControl(name: string, score: Score): void;
  print(rows: readonly string[], columns: readonly string[]): string;
}

/** Everything that was searched and found, as tables. */
export function createScoreSheet(): ScoreSheet {
  const cells = new Map<string, Score | undefined>();
  const controls = new Map<string, Score>();

  function printMatrix(rows: readonly string[], columns: readonly string[]): string {
    const header = ['texts searched', ...rows, 'control hits'];
    const lines = columns.map((column) => [
      column,
      ...rows.map((row) => printCell(cells, `${row}|${column}`)),
      `${controls.get(column)?.hits ?? 0}`,
    ]);
    return printTable([header, ...lines]);
  }

  function printControls(columns: readonly string[]): string {
    const others = [...controls].filter(([name]) => !columns.includes(name));
    const lines = others.map(([name, { texts, hits }]) => [name, `${texts}`, `${hits}`]);
    return printTable([['control group', 'texts searched', 'hits'], ...lines]);
  }

  return {
    noteCell: (row, column, score) => void cells.set(`${row}|${column}`, score),
    noteControl: (name, score) => void controls.set(name, score),
    print(rows, columns) {
      const scores = [...cells.values()].filter((score) => score !== undefined);
      const texts = sum(scores.map((score) => score.texts));
      const hits = sum(scores.map((score) => score.hits));
      const found = [...controls.values()].filter((score) => score.hits > 0).length;
      return [
        printMatrix(rows, columns),
        printControls(columns),
        `${scores.length} cells (source × failure), ${texts} texts searched, ${hits} hits in ours (must be 0)`,
        `${found} of ${controls.size} controls hit (must be all)`,
      ].join('\n\n');
    },
  };
}

/** `–` can't happen, `?` was not run. */
function printCell(cells: ReadonlyMap<string, Score | undefined>, id: string): string {
  const score = cells.get(id);
  if (!score) return cells.has(id) ? '–' : '?';
  return score.hits === 0 ? `${score.texts}` : `${score.texts}, ${score.hits} HITS`;
}

function printTable(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const print = (line: readonly string[]): string =>
    line
      .map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)))
      .join(' | ');
  return lines.map(print).join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
