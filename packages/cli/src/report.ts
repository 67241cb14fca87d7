import type { KeyErrorLink } from '@magic-hour-keys/core';
import { writeJson, type CliIo } from './io.ts';

/** How `--json` tells why there is no result. The same members each time; what is not known is null. */
export interface ErrorReport {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
    readonly source: string | null;
    readonly location: string | null;
    /** Of a chain: what each of its sources answered. */
    readonly links: readonly KeyErrorLink[];
    /** The page about the code, for one that a source or the configuration brought. */
    readonly docs: string | null;
  };
  readonly exitCode: number;
}

/** Those whose stdout belongs to another program. */
const RUN_PROGRAMS: ReadonlySet<string | undefined> = new Set(['exec', 'curl']);

/** Whether `--json` stands among the arguments of `mhk` itself; what follows `--` is another program's. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json');
}

/** To stdout, where a result would stand; for `exec` and `curl` as the last line of stderr. */
export function writeErrorReport(report: ErrorReport, argv: readonly string[], io: CliIo): void {
  if (RUN_PROGRAMS.has(argv[0])) writeReportLine(io, report);
  else writeJson(io, report);
}

/** One line of JSON on stderr. It begins a line of its own: the program may have left its last one open. */
export function writeReportLine(io: CliIo, report: unknown, isLineOpen = false): void {
  io.stderr.write(`${isLineOpen ? '\n' : ''}${JSON.stringify(report)}\n`);
}
