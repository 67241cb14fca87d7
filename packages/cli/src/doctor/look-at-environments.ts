import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  describeKeySources,
  loadKeySources,
  type ConfigCheck,
  type KeySourceDescription,
} from '@magic-hour-keys/config';
import { isKeyError, type KeySource } from '@magic-hour-keys/core';
import { findProxy } from '@magic-hour-keys/core/node';
import { locationOf } from '../environment-options.ts';
import { goesOn } from '../goes-on.ts';
import type { CliIo } from '../io.ts';
import { askLink } from './ask-link.ts';
import type { EnvironmentFacts, LinkAnswer, LinkFacts, ProjectFacts, ReachFacts } from './facts.ts';
import { findEndpoint } from './find-endpoint.ts';
import { findPackages } from './find-packages.ts';
import type { LookOptions } from './look-around.ts';
import { reachHost } from './reach-host.ts';
import { readKubeconfigs } from './read-kubeconfig.ts';

export interface EnvironmentPlaces {
  readonly config: ConfigCheck;
  readonly project: ProjectFacts;
  readonly options: LookOptions;
  readonly io: CliIo;
  readonly report: (text: string) => void;
}

/** The environment in use, or each of them, with what its sources say. */
export async function lookAtEnvironments(places: EnvironmentPlaces): Promise<readonly EnvironmentFacts[]> {
  const { config, options } = places;
  const wanted = config.environments.filter(({ ok, chosen }) => ok && (options.all || chosen));
  const found: EnvironmentFacts[] = [];
  for (const { name, chosen, policy = {} } of wanted) {
    const from = chosen ? config.environment?.from : undefined;
    // One after the other, so that the times which are measured are those of one alone.
    // oxlint-disable-next-line no-await-in-loop
    found.push({ name, from, policy, ...(await lookAtLinks(name, policy, places)) });
  }
  return found;
}

async function lookAtLinks(
  environment: string,
  policy: EnvironmentFacts['policy'],
  places: EnvironmentPlaces,
): Promise<Pick<EnvironmentFacts, 'links' | 'problem'>> {
  const { config, io, options } = places;
  const location = locationOf({ ...options, env: environment }, io);
  let descriptions: readonly KeySourceDescription[];
  let sources: readonly KeySource[];
  try {
    descriptions = describeKeySources(location);
    sources = loadKeySources(location);
  } catch (error) {
    if (!isKeyError(error)) throw error;
    // Another environment may name variables that are set on other machines; the rest is told already.
    const isTold = config.problems.some(({ message }) => error.message.includes(message));
    return { links: [], problem: isTold ? undefined : linesOf(error.message) };
  }
  const links: LinkFacts[] = [];
  let isDecided = false;
  for (const [at, description] of descriptions.entries()) {
    const source = sources[at];
    if (!source) continue;
    // Each link is asked after the one before it, as in the application.
    // oxlint-disable-next-line no-await-in-loop
    const link = await lookAtLink(description, source, { ...places, policy, isBehind: isDecided });
    links.push(link);
    isDecided ||= decides(link.answer);
  }
  return { links, problem: undefined };
}

/** The problems alone, of an error that lists them. */
function linesOf(message: string): string {
  const lines = message.split('\n').slice(1, -1);
  return lines.map((line) => line.trim()).join('; ');
}

/** It has the key, or stops the walk. */
function decides(answer: LinkAnswer): boolean {
  return answer.outcome === 'key' || (answer.outcome === 'failed' && !goesOn(answer.code));
}

interface LinkPlaces extends EnvironmentPlaces {
  readonly policy: EnvironmentFacts['policy'];
  /** A link before it has answered, or stopped the walk. */
  readonly isBehind: boolean;
}

async function lookAtLink(
  description: KeySourceDescription,
  source: KeySource,
  { config, project, options, io, report, policy, isBehind }: LinkPlaces,
): Promise<LinkFacts> {
  const folder = config.file === undefined ? io.cwd : dirname(config.file);
  const isLocal = !description.isRemote || description.options['mountPath'] !== undefined;
  const isAsked = !isBehind && (isLocal || !options.offline);
  const endpoint = isLocal ? undefined : findEndpoint(description, io.env);
  report(`asking ${description.name}`);
  return {
    ...description,
    packages: isLocal ? [] : findPackages(description, project),
    isLocal,
    endpoint,
    kubeconfigs: readKubeconfigs(description, io.env, folder),
    credentials: credentialsOf(description, io.env, folder),
    reach: isAsked ? await reach(endpoint, io.env) : undefined,
    answer: isAsked ? await askLink(source, { policy, isLocal }) : await leave(source, isBehind),
  };
}

/** Names alone: of variables that are set, and of files that are there. */
function credentialsOf(
  { credentialVariables, secretReferences }: KeySourceDescription,
  env: CliIo['env'],
  folder: string,
): readonly string[] {
  const variables = credentialVariables.map(({ name }) => name).filter((name) => env[name]?.trim());
  const files = secretReferences.flatMap((reference) =>
    'file' in reference && existsSync(resolve(folder, reference.file)) ? [reference.file] : [],
  );
  return [...new Set([...variables, ...files])];
}

/** Nothing is measured where the way leads through a proxy. */
async function reach(endpoint: URL | undefined, env: CliIo['env']): Promise<ReachFacts | undefined> {
  if (endpoint === undefined) return undefined;
  try {
    return (await findProxy(endpoint, env)) ? undefined : await reachHost(endpoint);
  } catch {
    return undefined;
  }
}

async function leave(source: KeySource, isBehind: boolean): Promise<LinkAnswer> {
  await source.close?.();
  return { outcome: 'not asked', because: isBehind ? 'behind' : 'offline' };
}
