import { configProblems } from './checks/config-problems.ts';
import { configWritable } from './checks/config-writable.ts';
import { debugOutput } from './checks/debug-output.ts';
import { envFileInGit } from './checks/env-file-in-git.ts';
import { environmentChoice } from './checks/environment-choice.ts';
import { environmentNotChecked } from './checks/environment-not-checked.ts';
import { fileLinks } from './checks/file-links.ts';
import { filePermissions } from './checks/file-permissions.ts';
import { images } from './checks/images.ts';
import { keyAge } from './checks/key-age.ts';
import { keyShape } from './checks/key-shape.ts';
import { keysInFiles } from './checks/keys-in-files.ts';
import { misusedClients } from './checks/misused-clients.ts';
import { otherVariables } from './checks/other-variables.ts';
import { packageFiles } from './checks/package-files.ts';
import { packages } from './checks/packages.ts';
import { pinnedVersion } from './checks/pinned-version.ts';
import { plainHttp } from './checks/plain-http.ts';
import { probes } from './checks/probes.ts';
import { readFailures } from './checks/read-failures.ts';
import { secretReferences } from './checks/secret-references.ts';
import { shadowedSources } from './checks/shadowed-sources.ts';
import { shadowedValues } from './checks/shadowed-values.ts';
import { sharedKeys } from './checks/shared-keys.ts';
import { slowStore } from './checks/slow-store.ts';
import { sourceWarnings } from './checks/source-warnings.ts';
import { tlsVerification } from './checks/tls-verification.ts';
import type { Check } from './facts.ts';

/** In the order in which findings of one level are told: what stops the key first, then what gives it away. */
export const ALL_CHECKS: readonly Check[] = [
  configProblems,
  packages,
  secretReferences,
  readFailures,
  keyShape,
  probes,
  keysInFiles,
  envFileInGit,
  images,
  packageFiles,
  misusedClients,
  otherVariables,
  tlsVerification,
  plainHttp,
  debugOutput,
  filePermissions,
  fileLinks,
  configWritable,
  sourceWarnings,
  sharedKeys,
  keyAge,
  slowStore,
  shadowedSources,
  shadowedValues,
  environmentChoice,
  environmentNotChecked,
  pinnedVersion,
];
