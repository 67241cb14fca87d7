import { ABORT_CASES } from './cases/abort-cases.ts';
import { CHAIN_CASES } from './cases/chain-cases.ts';
import { CLOSING_CASES } from './cases/closing-cases.ts';
import { FAILURE_CASES } from './cases/failure-cases.ts';
import { FIELD_CASES } from './cases/field-cases.ts';
import { MANNER_CASES } from './cases/manner-cases.ts';
import { OPTION_CASES } from './cases/option-cases.ts';
import { PROVIDER_CASES } from './cases/provider-cases.ts';
import { REQUEST_CASES } from './cases/request-cases.ts';
import { VALUE_CASES } from './cases/value-cases.ts';
import { VERSION_CASES } from './cases/version-cases.ts';
import { WATCH_CASES } from './cases/watch-cases.ts';
import type { ConformanceCase } from './conformance-case.ts';

/** Every case, in the order of the support matrix. */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  ...VALUE_CASES,
  ...FIELD_CASES,
  ...VERSION_CASES,
  ...FAILURE_CASES,
  ...ABORT_CASES,
  ...REQUEST_CASES,
  ...OPTION_CASES,
  ...CLOSING_CASES,
  ...MANNER_CASES,
  ...WATCH_CASES,
  ...PROVIDER_CASES,
  ...CHAIN_CASES,
];
