// Packs every package as it would be published, installs the tarballs into empty projects in the system's temporary
// folder, and uses them there as strangers would. What works in the workspace can still miss a file or an export once
// it is packed. One line for each check; exit code 1 if one failed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkBundledStores, checkBundlers } from './packed/bundlers.mjs';
import { installWithNpm, installWithPnpm } from './packed/consumers.mjs';
import { checkManifests } from './packed/manifests.mjs';
import { packAll } from './packed/pack.mjs';
import { createReport } from './packed/report.mjs';
import { checkResolutions } from './packed/resolutions.mjs';
import {
  checkCommandLine,
  checkEdgeRealm,
  checkFrozenProcess,
  checkRuntime,
  checkStores,
} from './packed/runtime.mjs';
import { SDKS } from './packed/sdks.mjs';
import { checkPortableTypes, checkTypes } from './packed/types.mjs';
import { compareSizes } from './size-budgets.mjs';

const STORES = ['aws', 'azure', 'gcp', 'kubernetes', 'kubernetes, mounted', 'vault'];
/** What an application installs that has its key at AWS. */
const ONE_SDK = ['@aws-sdk/client-secrets-manager'];

const folder = await mkdtemp(join(tmpdir(), 'mhk-packed-'));
const report = createReport();
try {
  const tarballs = await packAll(folder);
  await report.check('sizes are within their budgets', () => judgeSizes(tarballs));
  // Installing mostly waits, so the projects are made beside one another.
  await Promise.all([useWithoutSdks, useOneSdkWithPnpm, useAllSdks].map((use) => tryOut(use, tarballs)));
} catch (error) {
  report.fail('pack', error);
} finally {
  await rm(folder, { recursive: true, force: true });
}
report.finish();

async function judgeSizes(tarballs) {
  const { table, faults } = await compareSizes(tarballs);
  if (faults.length > 0) throw new Error([table, ...faults].join('\n'));
}

/** What cannot be installed cannot be looked at; the other projects can. */
async function tryOut(use, tarballs) {
  try {
    await use(tarballs);
  } catch (error) {
    report.fail('install', error);
  }
}

async function useWithoutSdks(tarballs) {
  const consumer = await installWithNpm(join(folder, 'npm'), tarballs);
  const npm = report.of('npm');
  await checkManifests(npm, consumer);
  await checkResolutions(npm, tarballs);
  await checkRuntime(npm, consumer);
  await checkCommandLine(npm, consumer);
  await checkEdgeRealm(npm, consumer);
  await checkPortableTypes(npm, consumer);
}

async function useOneSdkWithPnpm(tarballs) {
  const consumer = await installWithPnpm(join(folder, 'pnpm'), tarballs, ['@types/node', ...ONE_SDK]);
  const pnpm = report.of('pnpm, one SDK');
  await checkRuntime(pnpm, consumer);
  await checkStores(pnpm, consumer, ['aws']);
  await checkFrozenProcess(pnpm, consumer);
  await checkBundlers(pnpm, consumer, ONE_SDK);
  await checkTypes(pnpm, consumer);
}

async function useAllSdks(tarballs) {
  const consumer = await installWithNpm(join(folder, 'npm-with-sdks'), tarballs, SDKS);
  const npm = report.of('npm, all SDKs');
  await checkStores(npm, consumer, STORES);
  await checkBundledStores(npm, consumer);
}
