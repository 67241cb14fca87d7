// The checks of workflows and of releases, on this repository, and on a small one with one planted fault.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

type Files = Readonly<Record<string, string>>;

interface Outcome {
  readonly code: number;
  readonly output: string;
}

interface ReleaseLibrary {
  sortForPublishing(packages: readonly object[]): readonly { readonly manifest: { readonly name: string } }[];
  composeNotes(packages: readonly object[], version: string): string;
}

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function write(files: Files): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mhk-checks-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

async function check(script: string, root: string, ...args: string[]): Promise<Outcome> {
  const file = join(repository, 'scripts', script);
  try {
    const { stdout } = await run(process.execPath, [file, '--root', root, ...args]);
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, output: stderr };
  }
}

describe('workflows', () => {
  const sha = 'ab'.repeat(20);
  const good = [
    'on: { pull_request: }',
    'permissions: {}',
    'concurrency: { group: a }',
    'jobs:',
    '  one:',
    '    runs-on: ubuntu-24.04',
    '    timeout-minutes: 5',
    '    permissions: { contents: read }',
    '    steps:',
    `      - uses: actions/checkout@${sha} # v1.2.3`,
    '        with: { persist-credentials: false }',
    '      - run: echo "$TITLE"',
    "        env: { TITLE: '${{ github.event.pull_request.title }}' }",
    '',
  ].join('\n');

  test('those of this repository keep the rules', async () => {
    expect(await check('check-workflows.mjs', repository)).toMatchObject({ code: 0 });
  });

  test('one that hands a title over in a variable keeps them', async () => {
    const root = await write({ '.github/workflows/a.yml': good });
    expect(await check('check-workflows.mjs', root)).toMatchObject({ code: 0 });
  });

  // One process for all of them: each fault is in a file of its own.
  const faults: readonly (readonly [what: string, text: string, instead: string, fault: string])[] = [
    ['an action by its tag', `${sha} # v1.2.3`, 'v1', 'is not pinned'],
    ['a commit without its version', `${sha} # v1.2.3`, sha, 'is not pinned'],
    ['a short commit', sha, sha.slice(0, 12), 'is not pinned'],
    ['rights for all jobs', 'permissions: {}\n', 'permissions: { contents: write }\n', 'permissions: {}'],
    ['rights that nobody named', 'permissions: {}\n', '', 'permissions: {}'],
    ['a job that names no rights', '    permissions: { contents: read }\n', '', 'no permissions of its own'],
    ['a job with all rights', '{ contents: read }', 'write-all', 'name each'],
    ['a job that may sign', '{ contents: read }', '{ id-token: write }', 'may not have id-token'],
    ['a job without an end', '    timeout-minutes: 5\n', '', 'timeout-minutes'],
    ['no concurrency group', 'concurrency: { group: a }\n', '', 'concurrency'],
    ['the rights of main for a pull request', 'pull_request:', 'pull_request_target:', 'pull_request_target'],
    ['a title in a script', '"$TITLE"', '"${{ github.event.pull_request.title }}"', 'in env'],
    ['a token that stays on the disk', 'persist-credentials: false', 'fetch-depth: 0', 'persist-credentials'],
    ['a secret', '${{ github.event.pull_request.title }}', '${{ secrets.NPM }}', 'uses a secret'],
  ];
  let output: readonly string[];

  beforeAll(async () => {
    const planted = faults.map(([, text, instead], index) => [
      `.github/workflows/${index}.yml`,
      good.replace(text, instead),
    ]);
    const root = await write(Object.fromEntries(planted) as Files);
    output = (await check('check-workflows.mjs', root)).output.split('\n');
  });

  test.each(faults.map(([what, text, , fault], index) => [what, index, text, fault] as const))(
    '%s is refused',
    (_what, index, text, fault) => {
      expect(good).toContain(text);
      expect(output.filter((line) => line.includes(`/${index}.yml`)).join('\n')).toContain(fault);
    },
  );

  test('one action in two versions is refused', async () => {
    const other = good.replace(sha, 'cd'.repeat(20));
    const root = await write({ '.github/workflows/a.yml': good, '.github/workflows/b.yml': other });
    const { code, output: told } = await check('check-workflows.mjs', root);
    expect(told).toContain('elsewhere');
    expect(code).toBe(1);
  });
});

describe('releases', () => {
  const files: Files = {
    'pnpm-workspace.yaml': 'versioning: { changelog: { storage: repository }, fixed: [[one, two]] }',
    'packages/one/package.json': '{ "name": "one", "version": "0.2.0" }',
    'packages/one/CHANGELOG.md': '# one\n\n## 0.2.0\n\n### Minor Changes\n\n- New.\n\n## 0.1.0\n\nFirst.\n',
    'packages/two/package.json': '{ "name": "two", "version": "0.2.0", "dependencies": { "one": "0.2.0" } }',
    'packages/two/CHANGELOG.md':
      '# two\n\n## 0.2.0\n\n### Patch Changes\n\n- Updated dependencies:\n  - magic-hour-keys@0.2.0\n',
  };

  async function load(): Promise<ReleaseLibrary> {
    const file = new URL('../../scripts/lib/release.mjs', import.meta.url).href;
    return (await import(file)) as ReleaseLibrary;
  }

  test('the packages of this repository have one version, and changelogs that begin with it', async () => {
    expect(await check('check-release.mjs', repository)).toMatchObject({ code: 0 });
  });

  test('a change file is no fault, until a tag says that all is released', async () => {
    const root = await write({ ...files, '.changeset/calm-keys.md': '---\none: patch\n---\n\nMended.\n' });
    expect(await check('check-release.mjs', root)).toMatchObject({ code: 0 });
    expect((await check('check-release.mjs', root, '--tag', 'v0.2.0')).output).toContain('calm-keys.md');
  });

  test.each<[string, Files, string[], string]>([
    [
      'a package that was left behind',
      { 'packages/two/package.json': '{ "name": "two", "version": "0.1.0" }' },
      [],
      '0.1.0 is not 0.2.0',
    ],
    [
      'a changelog that says nothing of this version',
      { 'packages/one/CHANGELOG.md': '# one\n\n## 0.1.0\n\nFirst.\n' },
      [],
      'packages/one/CHANGELOG.md',
    ],
    [
      'a package that would get a version of its own',
      { 'pnpm-workspace.yaml': 'versioning: { changelog: { storage: repository }, fixed: [[one]] }' },
      [],
      'lacks two',
    ],
    ['another tag', {}, ['--tag', 'v0.3.0'], 'is not v0.2.0'],
  ])('%s is refused', async (_what, change, args, fault) => {
    const { code, output } = await check('check-release.mjs', await write({ ...files, ...change }), ...args);
    expect(output).toContain(fault);
    expect(code).toBe(1);
  });

  test('a package is published after those that it depends on', async () => {
    const { sortForPublishing } = await load();
    const packages = [
      { manifest: { name: 'cli', dependencies: { config: '*', commander: '*' } } },
      { manifest: { name: 'config', dependencies: { core: '*' } } },
      { manifest: { name: 'core' } },
    ];
    const names = sortForPublishing(packages).map(({ manifest }) => manifest.name);
    expect(names).toEqual(['core', 'config', 'cli']);
  });

  test('packages that depend on each other are told, instead of an endless search', async () => {
    const { sortForPublishing } = await load();
    const packages = [
      { manifest: { name: 'one', dependencies: { two: '*' } } },
      { manifest: { name: 'two', dependencies: { one: '*' } } },
    ];
    expect(() => sortForPublishing(packages)).toThrow('one, two');
  });

  test('the notes of a release tell of packages that changed, and not of those that only moved along', async () => {
    const { composeNotes } = await load();
    const root = await write(files);
    const packages = ['one', 'two'].map((name) => ({
      folder: join(root, 'packages', name),
      manifest: { name },
    }));
    const notes = composeNotes(packages, '0.2.0');
    expect(notes).toContain('## one\n\n### Minor Changes\n\n- New.');
    expect(notes).not.toMatch(/two|First/);
  });
});

test('the settings of renovate wait as long as pnpm does, or longer', async () => {
  const renovate = JSON.parse(await readFile(join(repository, 'renovate.json'), 'utf8')) as {
    minimumReleaseAge: string;
  };
  const settings = await readFile(join(repository, 'pnpm-workspace.yaml'), 'utf8');
  const minutes = Number(/^minimumReleaseAge: (\d+)$/m.exec(settings)?.[1]);
  const days = Number(/^(\d+) days$/.exec(renovate.minimumReleaseAge)?.[1]);
  expect(days * 24 * 60).toBeGreaterThanOrEqual(minutes);
});
