import type { KeySourceDescription } from '@magic-hour-keys/config';

type Variables = Readonly<Record<string, string | undefined>>;
type Options = KeySourceDescription['options'];

/** Where the host of a store follows from options and variables; undefined where only its client knows. */
export function findEndpoint(
  { name, options }: Pick<KeySourceDescription, 'name' | 'options'>,
  env: Variables,
): URL | undefined {
  const address = ADDRESSES[name]?.(options, (variable) => textOf(env[variable]));
  return address === undefined || !URL.canParse(address) ? undefined : new URL(address);
}

type Lookup = (variable: string) => string | undefined;

const ADDRESSES: Readonly<Record<string, (options: Options, variable: Lookup) => string | undefined>> = {
  vault: ({ address }, variable) => textOf(address) ?? variable('VAULT_ADDR'),
  azure: ({ vaultUrl }) => textOf(vaultUrl),
  aws: awsAddress,
  gcp: ({ endpoint, location }) =>
    textOf(endpoint) ??
    (textOf(location) === undefined
      ? 'https://secretmanager.googleapis.com'
      : `https://secretmanager.${textOf(location)}.rep.googleapis.com`),
};

function awsAddress({ endpoint, region, secretId, fips }: Options, variable: Lookup): string | undefined {
  const given =
    textOf(endpoint) ?? variable('AWS_ENDPOINT_URL_SECRETS_MANAGER') ?? variable('AWS_ENDPOINT_URL');
  if (given !== undefined) return given;
  const [, , , ofArn] = String(secretId).split(':');
  const place = textOf(region) ?? textOf(ofArn) ?? variable('AWS_REGION') ?? variable('AWS_DEFAULT_REGION');
  if (place === undefined) return undefined;
  const suffix = place.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://secretsmanager${fips === true ? '-fips' : ''}.${place}.${suffix}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
