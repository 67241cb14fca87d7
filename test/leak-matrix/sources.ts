import type { SourceUnderTest } from './source-under-test.ts';
import { aws } from './sources/aws.ts';
import { azure } from './sources/azure.ts';
import { configChain, configFile } from './sources/config.ts';
import { envFile, envMountedFile, envVariable } from './sources/env.ts';
import { chain } from './sources/first-found.ts';
import { gcpGrpc, gcpRest } from './sources/gcp.ts';
import { handWritten } from './sources/hand-written.ts';
import { kubernetesApi, kubernetesMount } from './sources/kubernetes.ts';
import { memory } from './sources/memory.ts';
import { constant } from './sources/static.ts';
import { vault } from './sources/vault.ts';

/** Every place a key may come from. A backend that is not in this list is not proved to be silent. */
export const SOURCES: readonly SourceUnderTest[] = [
  envFile,
  envMountedFile,
  envVariable,
  memory,
  constant,
  chain,
  handWritten,
  configFile,
  configChain,
  aws,
  azure,
  gcpGrpc,
  gcpRest,
  kubernetesApi,
  kubernetesMount,
  vault,
];
