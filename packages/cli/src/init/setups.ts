import type { Facts } from './facts.ts';

/** What each source needs to be told, and what can be guessed of it. */
export interface SourceOption {
  readonly option: string;
  readonly question: string;
  /** Written where nothing else is said; told to be a guess. */
  readonly guess?: string | undefined;
  /** The source takes it from there where it is set, so it is not written down. */
  readonly variable?: string | undefined;
  /** A file that may say it too. */
  readonly file?: string | undefined;
  /** True where another option says the same. */
  readonly isSaid?: ((given: Readonly<Record<string, unknown>>) => boolean) | undefined;
}

export const SOURCE_NAMES = ['env', 'aws', 'azure', 'gcp', 'vault', 'kubernetes'] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];

const SOURCE_OPTIONS: Readonly<Record<SourceName, readonly SourceOption[]>> = {
  env: [],
  aws: [
    { option: 'secretId', question: 'The name or the ARN of the secret?', guess: 'magic-hour' },
    {
      option: 'region',
      question: 'The region of the secret?',
      variable: 'AWS_REGION',
      file: '~/.aws/config',
      isSaid: ({ secretId }) => String(secretId).startsWith('arn:'),
    },
  ],
  azure: [
    { option: 'vaultUrl', question: 'The URL of the vault (https://my-vault.vault.azure.net)?' },
    { option: 'name', question: 'The name of the secret?', guess: 'magic-hour' },
  ],
  gcp: [
    { option: 'secret', question: 'The name of the secret?', guess: 'magic-hour' },
    {
      option: 'project',
      question: 'The project of the secret?',
      variable: 'GOOGLE_CLOUD_PROJECT',
      isSaid: ({ secret }) => String(secret).startsWith('projects/'),
    },
  ],
  vault: [
    { option: 'path', question: 'The secret with its mount in front?', guess: 'secret/magic-hour' },
    {
      option: 'address',
      question: 'The URL of Vault (https://vault.internal:8200)?',
      variable: 'VAULT_ADDR',
    },
  ],
  kubernetes: [
    {
      option: 'mountPath',
      question: 'The folder that the Secret is mounted at?',
      guess: '/etc/magic-hour',
      isSaid: ({ name }) => name !== undefined,
    },
  ],
};

export function isSourceName(name: string): name is SourceName {
  return (SOURCE_NAMES as readonly string[]).includes(name);
}

/** What is still to be said, with what was said already. */
export function openOptions(
  source: SourceName,
  given: Readonly<Record<string, unknown>>,
  { variables, files }: Pick<Facts, 'variables' | 'files'>,
): readonly SourceOption[] {
  return SOURCE_OPTIONS[source].filter(
    ({ option, variable, file, isSaid }) =>
      !Object.hasOwn(given, option) &&
      isSaid?.(given) !== true &&
      !(variable !== undefined && variables.has(variable)) &&
      !(file !== undefined && files.has(file)),
  );
}
