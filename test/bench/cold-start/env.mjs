import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestKey } from '@magic-hour-keys/testing';
import { listBuilds } from '../installed-packages.mjs';
import { compareRounds, runRounds } from '../process-rounds.mjs';
import { CHECK_HEADER, withInstalled, writeProgram } from '../programs.mjs';
import { digits } from '../table.mjs';

const EMPTY = 'limit: empty process';
const DOTENV = 'raw dotenv parse';
const MOST_MS_FOR_JSON = 15;

const RAW_DOTENV = `
import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
const headers = { authorization: 'Bearer ' + parse(readFileSync('.env')).MAGIC_HOUR_API_KEY };`;

const ENV_PROVIDER = `
import { envKeyProvider } from '@magic-hour-keys/env';
const headers = { authorization: 'Bearer ' + (await envKeyProvider().getKey()).reveal() };`;

const CONFIG_PROVIDER = `
import { loadKeyProvider } from '@magic-hour-keys/config';
const headers = { authorization: 'Bearer ' + (await loadKeyProvider().getKey()).reveal() };`;

const builds = listBuilds();
const [published] = builds;

/** Each row names the one that it is compared with; that one stands above it. */
export const coldStart = {
  name: 'cold-start',
  title: 'a process from its start to the first header, key in .env; median of at least 30 paired processes',
  rows: [
    { name: EMPTY, against: EMPTY, program: [] },
    { name: DOTENV, against: EMPTY, program: [RAW_DOTENV, CHECK_HEADER] },
    ...builds.flatMap((build) => [
      {
        name: `ours: envKeyProvider, ${build}`,
        against: DOTENV,
        build,
        program: [ENV_PROVIDER, CHECK_HEADER],
      },
      {
        name: `ours: loadKeyProvider + JSON file, ${build}`,
        against: `ours: envKeyProvider, ${build}`,
        build,
        program: [CONFIG_PROVIDER, CHECK_HEADER],
        ...(build === published && {
          wanted: `≤ ${MOST_MS_FOR_JSON} ms more`,
          isReached: ({ moreMs, moreCpuMs }) => Math.min(moreMs, moreCpuMs) <= MOST_MS_FOR_JSON,
        }),
      },
    ]),
  ],
  measureTogether: (rows) => withInstalled(builds, (installed) => measure(rows, installed)),
  columns: (result) => ({
    'first header ms': digits(result.markMs),
    'CPU ms': digits(result.cpuMs),
    'x empty': result.overEmpty.ratio.toFixed(2),
    against: result.against,
    ratio: result.ratio.toFixed(2),
    'CPU ratio': result.cpuRatio.toFixed(2),
    'ms more': digits(result.moreMs),
    'CPU ms more': digits(result.moreCpuMs),
    'spawn to exit ms': digits(result.wallMs),
  }),
};

async function measure(rows, installed) {
  for (const { folder } of installed) writeSettings(folder);
  const programs = rows.map(({ program, build }, at) => {
    const { folder } = installed.find((one) => one.build === build) ?? installed[0];
    return writeProgram(folder, `cold-start-${at}`, program);
  });
  const runs = await runRounds(programs);
  return rows.map(({ against }, at) => ({
    against,
    ...compareRounds(runs[at], runs[rows.findIndex(({ name }) => name === against)]),
    overEmpty: compareRounds(runs[at], runs[0]),
  }));
}

function writeSettings(folder) {
  writeFileSync(join(folder, '.env'), `MAGIC_HOUR_API_KEY=${makeTestKey()}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(
    join(folder, 'magic-hour-keys.json'),
    JSON.stringify({ environments: { development: { source: 'env', files: ['.env'] } } }),
  );
}
