import { coldStartAws } from './cold-start/aws.mjs';
import { coldStartAzure } from './cold-start/azure.mjs';
import { coldStart } from './cold-start/env.mjs';
import { coldStartGcp } from './cold-start/gcp.mjs';
import { coldStartKubernetes } from './cold-start/kubernetes.mjs';
import { coldStartVault } from './cold-start/vault.mjs';
import { cliStart } from './cli-start.mjs';
import { clients } from './clients.mjs';
import { concurrent } from './concurrent.mjs';
import { expiry, outage, silence } from './expiry.mjs';
import { freeze } from './freeze.mjs';
import { getKeyPath, peekPath } from './hot-path.mjs';
import { importTime } from './import-time.mjs';
import { loopback } from './loopback-fetch.mjs';
import { size } from './size.mjs';
import { stubbedFetch } from './stubbed-fetch.mjs';

/**
 * @typedef {{ name: string, peer?: string, measure?: () => Promise<object>, wanted?: string,
 *   isReached?: (result: any) => boolean }} Row `wanted` is the number of the design, for rows of ours
 * @typedef {{ name: string, title: string, rows: readonly Row[], atOnce?: number,
 *   measureTogether?: (rows: readonly Row[]) => Promise<object[]>, columns: (result: any) => object }} Scenario
 */

/** Those over an SDK or a client each, which take minutes: `npm run bench:more`. @type {readonly Scenario[]} */
export const MORE_SCENARIOS = [
  cliStart,
  clients,
  coldStartAws,
  coldStartAzure,
  coldStartGcp,
  coldStartKubernetes,
  coldStartVault,
];

/** @type {readonly Scenario[]} */
export const SCENARIOS = [
  peekPath,
  getKeyPath,
  stubbedFetch,
  loopback,
  concurrent,
  expiry,
  outage,
  silence,
  freeze,
  coldStart,
  importTime,
  size,
];

export function scenarioNamed(name) {
  return [...SCENARIOS, ...MORE_SCENARIOS].find((scenario) => scenario.name === name);
}
