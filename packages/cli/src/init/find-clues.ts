import type { Facts } from './facts.ts';
import type { SourceName } from './setups.ts';

/** Something that speaks for a store. */
export interface Clue {
  readonly source: SourceName;
  /** Such as `VAULT_ADDR is set`: a name, never a value. */
  readonly because: string;
  /**
   * False where it only says that somebody uses that cloud on this machine: enough for a suggestion, and too little to
   * be written down without being asked.
   */
  readonly isSure: boolean;
}

type Place = readonly [kind: 'package' | 'variable' | 'file', name: string];

interface Sign {
  readonly source: SourceName;
  readonly isSure: boolean;
  readonly places: readonly Place[];
}

/** The project's own words first, then where it runs, then what a developer has at home. */
const SIGNS: readonly Sign[] = [
  sign('aws', true, packages('@aws-sdk/client-secrets-manager')),
  sign('azure', true, packages('@azure/keyvault-secrets')),
  sign('gcp', true, packages('@google-cloud/secret-manager')),
  sign('vault', true, packages('node-vault')),
  sign('vault', true, variables('VAULT_ADDR')),
  sign(
    'aws',
    true,
    variables(
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_WEB_IDENTITY_TOKEN_FILE',
      'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    ),
  ),
  sign(
    'azure',
    true,
    variables('IDENTITY_ENDPOINT', 'MSI_ENDPOINT', 'AZURE_FEDERATED_TOKEN_FILE', 'WEBSITE_SITE_NAME'),
  ),
  sign('gcp', true, variables('K_SERVICE', 'FUNCTION_TARGET', 'GAE_APPLICATION')),
  sign('aws', true, files('samconfig.toml', 'serverless.yml', 'serverless.yaml', 'cdk.json')),
  sign('azure', true, files('azure.yaml')),
  sign('gcp', true, files('.gcloudignore')),
  sign('kubernetes', true, variables('KUBERNETES_SERVICE_HOST')),
  sign('vault', false, [...variables('VAULT_TOKEN'), ...files('~/.vault-token')]),
  sign('aws', false, [
    ...variables('AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_REGION'),
    ...files('~/.aws/config', '~/.aws/credentials'),
  ]),
  sign('azure', false, [
    ...variables('AZURE_CLIENT_ID', 'AZURE_TENANT_ID'),
    ...files('~/.azure/azureProfile.json'),
  ]),
  sign('gcp', false, [
    ...variables('GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_CLOUD_PROJECT'),
    ...files('~/.config/gcloud/application_default_credentials.json'),
  ]),
  sign('kubernetes', false, [
    ...files('Chart.yaml', 'kustomization.yaml', 'skaffold.yaml'),
    ...variables('KUBECONFIG'),
    ...files('~/.kube/config'),
  ]),
];

/** The files that clues are found in: those in the project, and those in the home folder, which begin with `~/`. */
export const CLUE_FILES: readonly string[] = SIGNS.flatMap(({ places }) =>
  places.filter(([kind]) => kind === 'file').map(([, name]) => name),
);

/** Everything that speaks for a store, the weightiest first. */
export function findClues(facts: Facts): readonly Clue[] {
  const clues = SIGNS.flatMap(({ source, isSure, places }) =>
    places.filter((place) => isThere(place, facts)).map((place) => clue(source, isSure, describe(place))),
  );
  // Any program may run on such a machine.
  const machine = facts.isGoogleMachine ? [clue('gcp', false, 'this is a machine of Google Cloud')] : [];
  return [...clues, ...machine];
}

function isThere([kind, name]: Place, facts: Facts): boolean {
  if (kind === 'package') return facts.dependencies.has(name);
  return (kind === 'variable' ? facts.variables : facts.files).has(name);
}

function describe([kind, name]: Place): string {
  if (kind === 'package') return `${name} is in package.json`;
  return kind === 'variable' ? `${name} is set` : `there is ${name}`;
}

function clue(source: SourceName, isSure: boolean, because: string): Clue {
  return { source, because, isSure };
}

function sign(source: SourceName, isSure: boolean, places: readonly Place[]): Sign {
  return { source, isSure, places };
}

function packages(...names: readonly string[]): readonly Place[] {
  return names.map((name) => ['package', name]);
}

function variables(...names: readonly string[]): readonly Place[] {
  return names.map((name) => ['variable', name]);
}

function files(...names: readonly string[]): readonly Place[] {
  return names.map((name) => ['file', name]);
}
