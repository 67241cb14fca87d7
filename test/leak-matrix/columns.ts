import type { Canaries } from './canaries.ts';
import { FAULTS, type Fault } from './faults.ts';
import { HTTP_FLOWS, type HttpFlow } from './http-flows.ts';
import { quotingError, sdkError } from './raw-errors.ts';
import type { CellRun, CellSetting } from './cell-run.ts';
import { runFault } from './run-fault.ts';
import { runFlow } from './run-flow.ts';
import { runWrongOptions } from './run-wrong-options.ts';
import type { Servers } from './servers.ts';
import type { SourceUnderTest } from './source-under-test.ts';

/** One column of the matrix: something that happens to every source. */
export interface Column {
  readonly name: string;
  /** How it ends, so that it is known to have happened: `"key"`, codes, statuses, or names of errors. */
  readonly ends: readonly string[];
  /** Where it happens; undefined where some source or other is met by it. */
  readonly happens?: SourceUnderTest['suffersEverything'];
  /** Whether it sends requests. */
  readonly usesServers: boolean;
  /** What the servers have to know beforehand. */
  readonly prepare?: ((servers: Servers, canaries: Canaries) => void) | undefined;
  /** Undefined where this can't happen to this source. */
  run(source: SourceUnderTest, setting: CellSetting): Promise<CellRun | undefined>;
  /** What a program would show that passes on what it gets: if nothing is found there, the column proves nothing. */
  planted(canaries: Canaries): unknown;
}

export const COLUMNS: readonly Column[] = [
  ...FAULTS.map(columnOfFault),
  {
    name: 'wrong options',
    ends: ['refused'],
    usesServers: false,
    run: runWrongOptions,
    planted: quotingError,
  },
  ...HTTP_FLOWS.map(columnOfFlow),
];

function columnOfFault(fault: Fault): Column {
  return {
    name: fault.name,
    ends: fault.ends,
    usesServers: false,
    happens: fault.happens ?? 'in process',
    run: (source, setting) => runFault(source, fault, setting),
    planted: fault.planted,
  };
}

function columnOfFlow(flow: HttpFlow): Column {
  return {
    name: flow.name,
    ends: [flow.ends],
    usesServers: true,
    prepare: flow.prepare,
    run: (source, setting) => runFlow(source, flow, setting),
    // As axios and got put the request into their errors.
    planted: (canaries) => sdkError(canaries, 401),
  };
}
