import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Project } from '../config/config-for-test.ts';
import { runMhk, type Run } from './run-mhk.ts';

export interface Finding {
  readonly id: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly title: string;
  readonly fix: string;
  readonly at: string | null;
  readonly environment: string | null;
}

/** A folder of a project, in which a set-up is built. */
export interface Seed extends Project {
  git(...argv: string[]): void;
  /** A package as npm would have installed it, as far as its package.json. */
  install(name: string, version: string, engines?: string): Promise<void>;
}

export function seedIn(project: Project): Seed {
  return {
    ...project,
    git(...argv) {
      const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
      execFileSync('git', [...identity, ...argv], { cwd: project.path('') });
    },
    async install(name, version, node = '>=18') {
      const manifest = { name, version, engines: { node } };
      await project.write(`node_modules/${name}/package.json`, manifest);
    },
  };
}

export interface DoctorRun extends Run {
  readonly findings: readonly Finding[];
  /** What a person sees. */
  readonly text: Run;
}

/** What the README says of each finding, by its id. */
export const DOCUMENTED: ReadonlyMap<string, string> = new Map(
  [
    ...readFileSync(new URL('../../../packages/cli/README.md', import.meta.url), 'utf8').matchAll(
      /^\| `([a-z-]+)` +\| (error|warning|note) +\|/gm,
    ),
  ].map(([, id = '', level = '']) => [id, level]),
);

/** Both forms of the output. Every finding is one that the README has, with that level. */
export async function runDoctor(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> | undefined },
): Promise<DoctorRun> {
  const run = await runMhk(['doctor', '--json', ...argv], options);
  const text = await runMhk(['doctor', ...argv], options);
  const { findings } = JSON.parse(run.stdout) as { findings: readonly Finding[] };
  for (const { id, level } of findings) expect([id, DOCUMENTED.get(id)]).toEqual([id, level]);
  return { ...run, findings, text };
}

/** One environment, called `development`. */
export function development(source: object): object {
  return { environments: { development: source } };
}

/** A project that uses the library, so that its SDKs are looked for in its own folder. */
export const MANIFEST = { private: true, dependencies: { '@magic-hour-keys/config': '1' } };
