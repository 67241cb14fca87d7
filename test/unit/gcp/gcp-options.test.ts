import { gcpKeySource, type GcpOptions } from '@magic-hour-keys/gcp';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { makeRefusalOf } from '../backends/make-refusal-of.ts';

const secret = 'magic-hour';
const full = 'projects/my-project/secrets/magic-hour';
const regional = 'projects/my-project/locations/europe-west1/secrets/magic-hour';
const client = { accessSecretVersion: (): Promise<unknown> => Promise.resolve([]) };
const authClient = { getRequestHeaders: (): Promise<unknown> => Promise.resolve({}) };

const refusalOf = makeRefusalOf(gcpKeySource);

test.each<[GcpOptions, string]>([
  [{ secret }, 'magic-hour'],
  [{ secret, version: '7' }, 'magic-hour, version 7'],
  [{ secret, location: 'europe-west1' }, 'magic-hour in europe-west1'],
  [{ secret, project: 'my-project' }, full],
  [{ secret, project: 'my-project', version: 'latest' }, full],
  [{ secret, project: 'my-project', version: 'prod' }, `${full}/versions/prod`],
  [{ secret, project: 'my-project', location: 'europe-west1' }, regional],
  [{ secret: full }, full],
  [{ secret: full, project: 'my-project' }, full],
  [{ secret: `${full}/versions/7` }, `${full}/versions/7`],
  [{ secret: `${regional}/versions/latest` }, regional],
  [{ secret: full.replace('my-project', 'example.com:p') }, full.replace('my-project', 'example.com:p')],
])('%j looks in: %s', (options, location) => {
  expect(gcpKeySource(options)).toMatchObject({ name: 'gcp', location });
});

test.each([
  'https://secretmanager.europe-west1.rep.googleapis.com',
  'https://secretmanager-vpc.p.googleapis.com/',
  'https://localhost:9443',
  'http://127.0.0.1:9090',
  'http://localhost:9090/',
  'http://[::1]:9090',
])('the endpoint %s is taken', (endpoint) => {
  expect(gcpKeySource({ secret, endpoint }).location).toBe(secret);
});

test.each([
  'http://secretmanager.googleapis.com',
  'http://emulator:9090',
  'http://127.0.0.1.example.com',
  'https://user:password@example.com',
  'https://example.com/v1',
  'https://example.com?x=1',
  'https://example.com#x',
  'ftp://127.0.0.1',
  'secretmanager.googleapis.com',
  '127.0.0.1:9090',
  '',
])('the endpoint %s is refused', (endpoint) => {
  expect(refusalOf({ secret, endpoint })).toMatchObject({
    code: 'invalid_config',
    hint: 'Correct the option `endpoint`.',
  });
});

test.each<[option: string, options: unknown]>([
  ['secret', {}],
  ['secret', { secret: '' }],
  ['secret', { secret: 'with blank' }],
  ['secret', { secret: 5 }],
  ['secret', { secret: '../other' }],
  ['secret', { secret: `${full}/versions/latest:destroy` }],
  ['secret', { secret: 'projects/../secrets/x' }],
  ['project', { secret, project: 'my/project' }],
  ['project', { secret: full, project: 'other' }],
  ['version', { secret, version: 7 }],
  ['version', { secret, version: '1/../2' }],
  ['version', { secret: `${full}/versions/7`, version: '8' }],
  ['location', { secret, location: 'evil.example/' }],
  ['location', { secret: regional, location: 'us-east1' }],
  ['location', { secret: full, location: 'us-east1' }],
  ['field', { secret, field: '' }],
  ['transport', { secret, transport: 'http' }],
  ['client', { secret, client: {} }],
  ['auth', { secret, client, auth: { method: 'default' } }],
  ['transport', { secret, client, transport: 'grpc' }],
  ['endpoint', { secret, client, endpoint: 'https://example.com' }],
  ['authClient', { secret, client, authClient }],
  ['authClient', { secret, authClient: {} }],
  ['auth', { secret, authClient, auth: { method: 'default' } }],
  ['auth.method', { secret, auth: {} }],
  ['auth.method', { secret, auth: null }],
  ['auth.method', { secret, auth: { method: 'adc' } }],
  ['auth.method', { secret, auth: { method: 'none' } }],
  ['auth.method', { secret, auth: { method: 'none' }, endpoint: 'https://example.com' }],
  ['auth.impersonate', { secret, auth: { method: 'default', impersonate: 'somebody@example.com' } }],
  ['auth.credentialFile', { secret, auth: { method: 'workload-identity' } }],
  ['auth.key', { secret, auth: { method: 'service-account', key: 'text' } }],
  ['auth.key', { secret, auth: { method: 'service-account', key: { env: 'A', file: 'b' } } }],
])('the option %s is named when it can not be meant: %j', (option, options) => {
  const error = refusalOf(options);
  expect(error).toMatchObject({ code: 'invalid_config', source: 'gcp' });
  expect(error.message).toContain(`the option ${option} `);
});

test.each<[string, (key: string) => unknown]>([
  ['secret', (key) => ({ secret: key })],
  ['project', (key) => ({ secret, project: key })],
  ['version', (key) => ({ secret, version: key })],
  ['location', (key) => ({ secret, location: key })],
  ['field', (key) => ({ secret, field: key })],
  ['endpoint', (key) => ({ secret, endpoint: `https://${key}` })],
  ['auth.credentialFile', (key) => ({ secret, auth: { method: 'workload-identity', credentialFile: key } })],
  ['auth.key.env', (key) => ({ secret, auth: { method: 'service-account', key: { env: key } } })],
])('a key in the place of the option %s is refused and not shown', (option, optionsWith) => {
  const key = makeTestKey();
  const error = refusalOf(optionsWith(key));
  expect(error.message).toContain(`the option ${option} holds what looks like a key`);
  expect(findLeaks(error, [key])).toEqual([]);
});

test('the key of a service account as text is refused and not shown', () => {
  const privateKey = makeTestKey().slice(9);
  const error = refusalOf({ secret, auth: { method: 'service-account', key: privateKey } });
  expect(error.message).toContain('{ env: NAME } or { file: PATH }, never the value itself');
  expect(findLeaks(error, [privateKey])).toEqual([]);
});
