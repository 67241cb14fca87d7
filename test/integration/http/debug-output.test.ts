import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTestKey, searchText } from '@magic-hour-keys/testing';
import { ALL_CLIENTS_AND_SDKS } from './clients/all-clients.ts';
import { usualClients } from './clients/usual-clients.ts';
import {
  END_OF_DEBUG_OUTPUT,
  OUTCOMES,
  type DebugRun,
  type LoggedOutcome,
} from './debug-output/debug-run.ts';
import { startEchoServer } from './echo-server.ts';
import { ROOT } from './types-consumer.ts';

/** axios then makes agents of its own, and its headers are in what is printed for debugging: the README says so. */
const PRINTS_HEADERS = /where proxies are set$/;
const EVERYONE = ALL_CLIENTS_AND_SDKS.map(({ name }) => name);
const OURS = EVERYONE.filter((name) => !PRINTS_HEADERS.test(name));
const EXCEPTIONS = EVERYONE.filter((name) => PRINTS_HEADERS.test(name));

/** Where the keys of others must be found: that shows that the search sees something. */
const USUAL: Readonly<
  Record<string, { readonly outcomes: readonly string[]; readonly debug: RegExp | undefined }>
> = {
  axios: { outcomes: OUTCOMES, debug: /./ },
  got: { outcomes: OUTCOMES, debug: /^NODE_DEBUG/ },
  'node:http': { outcomes: ['success', '401'], debug: /^NODE_DEBUG/ },
  // What Node prints has its token on Node 20 alone.
  'magic-hour': { outcomes: ['401'], debug: undefined },
};
const USUAL_NAMES = usualClients.map(({ name }) => name);

/** Where a key was looked for, such as `401, inspect` or `stderr`, and whether it was there. */
type Places = Readonly<Record<string, boolean>>;

/** Inside the repository, so that Node finds the clients from there. */
const parent = join(ROOT, 'node_modules/.cache');
let folder = '';
const tables: ReadonlyMap<string, Places>[] = [];

beforeAll(async () => {
  await mkdir(parent, { recursive: true });
  folder = await mkdtemp(join(parent, 'debug-output-'));
  const build = await rolldown({
    input: join(import.meta.dirname, 'debug-output/program.ts'),
    external: (id) => /^[\w@]/.test(id) && !id.startsWith('@magic-hour-keys/'),
    resolve: { conditionNames: ['@magic-hour-keys/source'] },
    platform: 'node',
  });
  await build.write({ file: join(folder, 'program.mjs'), format: 'esm' });
  await build.close();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  const countOf = (names: readonly string[]): string => {
    const places = tables.flatMap((table) => names.flatMap((name) => Object.values(table.get(name) ?? {})));
    return `${places.filter(Boolean).length} of ${places.length}`;
  };
  const lines = [
    `places with the key, ${OURS.length} clients of ours: ${countOf(OURS)}`,
    ...USUAL_NAMES.map((name) => `  ${name}: ${countOf([name])}`),
    ...EXCEPTIONS.map((name) => `  not counted, as the README says: ${name}: ${countOf([name])}`),
  ];
  console.log(lines.join('\n'));
});

/** For each client, the places of one process that runs them all. */
async function runProgram(debug: NodeJS.ProcessEnv): Promise<ReadonlyMap<string, Places>> {
  const keys = Object.fromEntries([...EVERYONE, ...USUAL_NAMES].map((name) => [name, makeTestKey()]));
  let hasSilent = false;
  await using api = await startEchoServer(({ path }, response) => {
    if (path === '/silent') {
      hasSilent = true;
    } else if (path === '/has-silent') {
      response.end(String(hasSilent));
      hasSilent = false;
    } else {
      response.writeHead(path === '/ok' ? 200 : 401, { 'content-type': 'application/json' }).end('{}');
    }
  });
  await using gone = await startEchoServer();
  await gone[Symbol.asyncDispose]();
  const files = { run: join(folder, 'run.json'), logged: join(folder, 'logged.json') };
  const run: DebugRun = { origin: api.origin, gone: gone.origin, keys, loggedFile: files.logged };
  await writeFile(files.run, JSON.stringify(run));
  const env = { PATH: process.env['PATH'], MAGIC_HOUR_LOG_LEVEL: 'debug', ...debug };
  const { stdout, stderr } = await execute(join(folder, 'program.mjs'), files.run, env);
  const [debugOutput = '', printedErrors = ''] = stderr.split(END_OF_DEBUG_OUTPUT);
  const printed = { stdout, stderr: printedErrors, 'debug output': debugOutput };
  const logged = JSON.parse(await readFile(files.logged, 'utf8')) as LoggedOutcome[];

  const secrets = Object.values(keys);
  const shown = Object.entries(printed).map(([place, text]) => {
    const found = new Set(searchText(text, secrets).map(({ secretIndex }) => secretIndex));
    return { place, found };
  });
  return new Map(Object.keys(keys).map((name, index) => [name, findPlaces(name, index)]));

  function findPlaces(name: string, index: number): Places {
    const key = secrets[index]!;
    const arrived = api.arrived.filter(({ headers }) => headers.authorization === `Bearer ${key}`);
    expect([...new Set(arrived.map(({ path }) => path))], name).toEqual(['/ok', '/refused', '/silent']);
    const own = logged.filter(({ client }) => client === name);
    expect(
      own.map(({ outcome }) => outcome),
      name,
    ).toEqual([...OUTCOMES]);
    const texts = own.flatMap(({ outcome, texts: sinks }) =>
      Object.entries(sinks).map(([sink, text]) => [
        `${outcome}, ${sink}`,
        searchText(text, [key]).length > 0,
      ]),
    );
    return Object.fromEntries([...texts, ...shown.map(({ place, found }) => [place, found.has(index)])]);
  }
}

function execute(
  program: string,
  argument: string,
  env: NodeJS.ProcessEnv,
): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, argument], { env, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      // The error's own message has all that was printed, with keys of those who leak them.
      if (error) reject(new Error(`the program ended with ${error.code}`));
      else resolve({ stdout, stderr });
    });
  });
}

function hitsOf(places: Places | undefined): string[] {
  return Object.keys(places ?? {}).filter((place) => places?.[place]);
}

describe.each([
  ['NODE_DEBUG=http,https,net,tls', { NODE_DEBUG: 'http,https,net,tls' }],
  ['NODE_DEBUG=*', { NODE_DEBUG: '*' }],
  ['DEBUG=*', { DEBUG: '*' }],
])('under %s', (environment, debug) => {
  let table: ReadonlyMap<string, Places>;
  beforeAll(async () => {
    table = await runProgram(debug);
    tables.push(table);
  }, 60_000);

  it.each(OURS)('nothing that the process prints or logs has the key: %s', (name) => {
    const places = table.get(name);
    expect(Object.keys(places ?? {})).toHaveLength(OUTCOMES.length * 3 + 3);
    expect(hitsOf(places)).toEqual([]);
  });

  it.each(EXCEPTIONS)('nothing but the debug output has the key: %s', (name) => {
    expect(hitsOf(table.get(name))).toEqual(['debug output']);
  });

  it.each(USUAL_NAMES)('the key is there, as people write it, so the search is not blind: %s', (name) => {
    const { outcomes, debug: where } = USUAL[name.split(/[ ,]/)[0]!]!;
    const shown = outcomes.flatMap((outcome) => [`${outcome}, inspect`, `${outcome}, JSON`]);
    const expected = [...shown, 'stdout', 'stderr', ...(where?.test(environment) ? ['debug output'] : [])];
    expect(hitsOf(table.get(name))).toEqual(expect.arrayContaining(expected));
  });
});
