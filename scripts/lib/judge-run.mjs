import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJson } from './workspace.mjs';

/**
 * What a run of the conformance tests has shown. `results` are those of the reporter, `loaded` the URLs of the files that
 * Node opened, `sdkFolder` where the SDKs should have come from, if not from the workspace.
 */
export function judgeRun(sdks, { run, results, loaded, sdkFolder }) {
  const count = (wanted) => results.filter(({ state }) => state === wanted).length;
  const versions = sdks.map((sdk) => ({ sdk, found: findLoaded(sdk, loaded) }));
  const faults = versions.flatMap(({ sdk, found }) => findSubstitutionFaults(sdk, found, sdkFolder));
  // Some are there for one method of login alone, which the conformance tests may not use.
  if (versions.every(({ found }) => found.length === 0)) faults.push('no SDK was loaded at all');
  const isGood = run.status === 0 && count('passed') > 0 && faults.length === 0;
  return {
    isGood,
    tests: `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} left out`,
    versions: versions.map(
      ({ sdk, found }) => `${sdk} ${found.map(({ version }) => version).join(' and ') || 'not needed'}`,
    ),
    details: isGood ? '' : [...faults, run.stdout, run.stderr].join('\n'),
  };
}

/** Where the package was really loaded from. */
function findLoaded(sdk, loaded) {
  const part = `/node_modules/${sdk}/`;
  const folders = loaded
    .filter((url) => url.includes(part))
    .map((url) => fileURLToPath(url.slice(0, url.lastIndexOf(part) + part.length)));
  return [...new Set(folders)].map((folder) => ({
    folder,
    version: readJson(join(folder, 'package.json')).version,
  }));
}

function findSubstitutionFaults(sdk, found, sdkFolder) {
  if (found.length > 1) return [`${sdk} was loaded from ${found.length} places`];
  if (found.length === 0 || sdkFolder === undefined) return [];
  const [{ folder, version }] = found;
  const wanted = readJson(join(sdkFolder, 'package.json')).dependencies[sdk];
  const isRight = version === wanted && folder.startsWith(sdkFolder + sep);
  return isRight ? [] : [`${sdk} ${version} was loaded, not ${wanted} of ${sdkFolder}`];
}
