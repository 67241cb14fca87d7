import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { isKeyError } from '@magic-hour-keys/core';
import type { ClientNode } from '../api/load-client-node.ts';
import { listMember, member, textMember } from '../member.ts';
import type { KubernetesSettings } from '../options.ts';
import { loginError } from './login-error.ts';
import { readLoginFile, resolvePath } from './read-file.ts';

/** Members under the names that they have in a kubeconfig (kubernetes.io, "kubeconfig (v1)"). */
export interface KubeconfigEntry {
  readonly content: unknown;
  /** The folder of its file, which the paths in it are relative to. */
  readonly folder: string;
}

/** One context of one file or several. */
export interface ChosenContext {
  readonly cluster: KubeconfigEntry;
  readonly user: KubeconfigEntry | undefined;
  readonly namespace: string | undefined;
}

export interface KubeconfigChoice {
  readonly paths: readonly string[];
  /** Undefined for the current one. */
  readonly context: string | undefined;
}

type EntryKind = 'context' | 'cluster' | 'user';

const DEFAULT_FILE = '~/.kube/config';

/** The files that kubectl would read, in its order. */
export function kubeconfigPaths(settings: KubernetesSettings): readonly string[] {
  const listed = settings.variable('KUBECONFIG');
  return listed === undefined ? [DEFAULT_FILE] : listed.split(delimiter).filter((path) => path !== '');
}

/**
 * Reads the files and chooses the context. Of several files the first that names something wins, as kubectl has it;
 * client-node refuses them. Of client-node the parser for YAML is used: its KubeConfig does not know `tokenFile`.
 *
 * @throws KeyError `not_configured` where none of the files is there, `invalid_config` where they can't be used
 */
export async function loadContext(
  sdk: ClientNode,
  { paths, context }: KubeconfigChoice,
  settings: KubernetesSettings,
  signal: AbortSignal,
): Promise<ChosenContext> {
  const read = await Promise.all(paths.map((path) => readKubeconfig(sdk, path, settings, signal)));
  const files = read.filter((file) => file !== undefined);
  if (files.length === 0) {
    throw loginError(
      settings,
      'not_configured',
      `there is no kubeconfig: ${paths.join(', ')}`,
      'Set KUBECONFIG to the file, or choose another `auth.method`.',
    );
  }
  const name = context ?? firstOf(files, ({ content }) => textMember(content, 'current-context'));
  const chosen = name === undefined ? undefined : findEntry(files, 'context', name);
  if (!chosen) throw unknown(settings, name === undefined ? 'no current context' : 'no such context');
  const cluster = findEntry(files, 'cluster', textMember(chosen.content, 'cluster') ?? '');
  if (!cluster) throw unknown(settings, 'a context whose cluster is missing');
  return {
    cluster,
    user: findEntry(files, 'user', textMember(chosen.content, 'user') ?? ''),
    namespace: textMember(chosen.content, 'namespace'),
  };
}

export function below(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

async function readKubeconfig(
  sdk: ClientNode,
  path: string,
  settings: KubernetesSettings,
  signal: AbortSignal,
): Promise<KubeconfigEntry | undefined> {
  let text: string;
  try {
    text = await readLoginFile(
      { path, what: `the kubeconfig ${path}`, code: 'not_configured' },
      settings,
      signal,
    );
  } catch (error) {
    if (isKeyError(error) && error.code === 'not_configured') return undefined;
    throw error;
  }
  try {
    return { folder: dirname(resolvePath(path, settings)), content: sdk.loadYaml<unknown>(text) };
  } catch {
    // The parser's message quotes the lines around its mistake, and tokens stand in them.
    throw loginError(
      settings,
      'invalid_config',
      `the kubeconfig ${path} can not be understood`,
      `See what is wrong with: kubectl --kubeconfig ${path} config view`,
    );
  }
}

function findEntry(
  files: readonly KubeconfigEntry[],
  kind: EntryKind,
  name: string,
): KubeconfigEntry | undefined {
  return firstOf(files, ({ content, folder }) => {
    const entry = listMember(content, `${kind}s`).find((one) => textMember(one, 'name') === name);
    return entry === undefined ? undefined : { content: member(entry, kind), folder };
  });
}

function firstOf<Item, Found>(
  items: readonly Item[],
  find: (item: Item) => Found | undefined,
): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unknown(settings: KubernetesSettings, what: string): Error {
  return loginError(
    settings,
    'invalid_config',
    `the kubeconfig has ${what}`,
    'Name one with `auth.context`; those there are: kubectl config get-contexts',
  );
}
