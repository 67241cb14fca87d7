// What people and programs see, as it is on a terminal of 80 columns. After a change that is meant:
//   npx vitest run test/integration/cli/golden.test.ts -u
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { temporaryProject } from '../../unit/config/config-for-test.ts';
import { runMhk, type Run } from '../../unit/cli/run-mhk.ts';

const project = temporaryProject();
const key = makeTestKey();

const CHAIN = {
  environments: {
    development: { source: 'env', files: ['.env.local', '.env'] },
    staging: { extends: 'production', source: 'env', policy: { fresh: '1m' } },
    production: {
      firstFound: [
        { source: 'env', variable: 'VIDEO_WORKER_MAGIC_HOUR_API_KEY', files: [] },
        { source: 'vault', path: 'secret/magic-hour', field: 'api_key' },
        { source: 'env', files: ['.env'] },
        { source: 'aws', region: 'us-east-1', secretId: 'prod/magic-hour' },
      ],
    },
  },
};
const GOOD = { 'magic-hour-keys.json': CHAIN, '.env': `MAGIC_HOUR_API_KEY=${key}\n` };
const WRONG = {
  'magic-hour-keys.json': {
    environments: {
      development: { source: 'env' },
      production: { source: 'env', fiels: ['.env'], policy: { fresh: 10 } },
    },
  },
};
const TYPED = { 'src/upload.ts': `// line 1\nconst key = '${makeTestKey()}';\n`, '.env': '' };
const API = 'https://api.magichour.ai/v1/image-projects/1';

test.each<[name: string, argv: readonly string[], files: object]>([
  ['help', ['--help'], {}],
  ['help-of-exec', ['exec', '--help'], {}],
  ['wrong-command', ['gte'], {}],
  ['get', ['get'], GOOD],
  ['get-json', ['get', '--json'], GOOD],
  ['get-without-a-key', ['get'], {}],
  ['get-without-a-key-json', ['get', '--json'], {}],
  ['check', ['check', '--env', 'production'], GOOD],
  ['check-json', ['check', '--json'], GOOD],
  ['check-with-problems', ['check'], WRONG],
  ['explain', ['explain', '--env', 'production'], GOOD],
  ['explain-json', ['explain', '--env', 'production', '--json'], GOOD],
  ['status', ['status'], GOOD],
  ['status-json', ['status', '--json'], GOOD],
  ['status-without-a-key', ['status'], {}],
  ['scan', ['scan', '--no-value'], TYPED],
  ['scan-json', ['scan', '--no-value', '--json'], TYPED],
  ['header-on-a-screen', ['header'], GOOD],
  ['exec-without-a-program', ['exec'], GOOD],
  ['curl-that-would-show-the-key', ['curl', '--', '-v', API], GOOD],
  ['curl-to-another-host', ['curl', '--', 'https://example.com/'], GOOD],
  ['a-key-among-the-arguments', ['get', '--env', key], {}],
])('%s looks as it did', async (name, argv, files) => {
  const result = await runOn({ NO_COLOR: '1', TERM: 'xterm' }, argv, files);
  await expect(normalise(result)).toMatchFileSnapshot(`golden/${name}.txt`);
  if (!argv.includes('--json')) expect(tooWide(result.stdout + result.stderr)).toEqual([]);
});

test.each<[name: string, argv: readonly string[], files: object]>([
  ['check-in-colours', ['check', '--env', 'production'], GOOD],
  ['check-with-problems-in-colours', ['check'], WRONG],
  ['explain-in-colours', ['explain', '--env', 'production'], GOOD],
  ['status-in-colours', ['status'], GOOD],
])('%s looks as it did', async (name, argv, files) => {
  const coloured = normalise(await runOn({ TERM: 'xterm' }, argv, files));
  // As text, so that the colours can be read in a review.
  const readable = coloured.replaceAll('\u001B', '\\e');
  expect(readable).toContain('\\e[');
  await expect(readable).toMatchFileSnapshot(`golden/${name}.txt`);
});

async function runOn(env: Record<string, string>, argv: readonly string[], files: object): Promise<Run> {
  for (const [path, content] of Object.entries(files) as [string, string | object][]) {
    // Each file by itself, into a folder that is made with the first.
    await project.write(path, content);
  }
  return runMhk(argv, { cwd: project.path(''), env: { PATH: '', ...env }, isTTY: true, columns: 80 });
}

/** Without what differs from run to run. */
function normalise({ exitCode, stdout, stderr }: Run): string {
  expect(findLeaks({ stdout, stderr }, [key])).toEqual([]);
  // Where lines end depends on how long the path of the temporary folder is.
  const said = stderr.includes('magic-hour-keys-') ? stderr.replaceAll(/\n {2}(?=\S)/g, ' ') : stderr;
  const text = `${stdout}--- stderr\n${said}--- exit code ${exitCode}\n`;
  return text
    .replaceAll(/(?:\/private)?\/\S*?\/magic-hour-keys-\w{6}/g, '/srv/app')
    .replaceAll(/…\w{4}\b/g, '…1a2b')
    .replaceAll(/("last4": )"\w{4}"/g, '$1"1a2b"')
    .replaceAll(/(last4 +)\w{4}\b/g, '$11a2b')
    .replaceAll(/\b\d+ ms\b/g, 'N ms')
    .replaceAll(/("(?:durationMs|ageMs|survivesOutageMs)": )\d+/g, '$10');
}

/** Lines that do not fit, and that could have been broken. */
function tooWide(text: string): readonly string[] {
  return text.split('\n').filter((line) => [...line].length > 80 && line.trim().includes(' '));
}
