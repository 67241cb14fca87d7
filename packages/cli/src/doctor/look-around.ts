import { dirname } from 'node:path';
import { checkConfig } from '@magic-hour-keys/config';
import type { ApiKey } from '@magic-hour-keys/core';
import { probeKey } from '@magic-hour-keys/http';
import { locationOf, type EnvironmentOptions } from '../environment-options.ts';
import type { CliIo } from '../io.ts';
import type { DoctorFacts, EnvironmentFacts, ProbeFacts } from './facts.ts';
import { findProject } from './find-project.ts';
import { lookAtEnvironments } from './look-at-environments.ts';
import { lookAtImages } from './look-at-images.ts';
import { lookAtKeyFiles } from './look-at-key-files.ts';
import { searchProject } from './search-project.ts';

export interface LookOptions extends EnvironmentOptions {
  /** Every environment, instead of the one in use. */
  readonly all: boolean;
  /** No store and no API is contacted. */
  readonly offline: boolean;
  /** The API is asked whether it knows the keys. */
  readonly probe: boolean;
}

/** Gathers, once, everything that the checks judge. What it does at the moment is told to `report`. */
export async function lookAround(
  options: LookOptions,
  io: CliIo,
  report: (text: string) => void,
): Promise<DoctorFacts> {
  const config = checkConfig(locationOf(options, io));
  const project = findProject(io, config.file);
  const environments = await lookAtEnvironments({ config, project, options, io, report });
  const keys = keysOf(environments);
  const keyFiles = lookAtKeyFiles({
    links: environments.flatMap(({ links }) => links),
    project,
    folder: config.file === undefined ? io.cwd : dirname(config.file),
    env: io.env,
    isKey: (text) => keys.some(({ key }) => key.reveal() === text),
  });
  report('looking through the files');
  const search = searchProject({
    project,
    current: keys[0]?.key.reveal(),
    leftOut: new Set(keyFiles.map(({ path }) => path)),
  });
  return {
    io,
    nodeVersion: process.versions.node,
    config,
    project,
    environments,
    keyFiles,
    search,
    images: lookAtImages(project.folder),
    probes: options.probe ? await probeAll(keys, report) : [],
  };
}

interface KeyOfEnvironment {
  readonly environment: string;
  readonly key: ApiKey;
}

function keysOf(environments: readonly EnvironmentFacts[]): readonly KeyOfEnvironment[] {
  return environments.flatMap(({ name, links }) =>
    links.flatMap(({ answer }) => (answer.outcome === 'key' ? [{ environment: name, key: answer.key }] : [])),
  );
}

/** One after the other, because the API counts what comes from one address. */
async function probeAll(
  keys: readonly KeyOfEnvironment[],
  report: (text: string) => void,
): Promise<readonly ProbeFacts[]> {
  const probes: ProbeFacts[] = [];
  for (const { environment, key } of keys) {
    report('asking the Magic Hour API');
    // oxlint-disable-next-line no-await-in-loop
    probes.push({ environment, last4: key.last4, result: await probeKey(key) });
  }
  return probes;
}
