import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeAws } from '@magic-hour-keys/testing/fakes/aws';
import { startFakeVault } from '@magic-hour-keys/testing/fakes/vault';
import { startFaultProxy } from '@magic-hour-keys/testing/fault-proxy';
import { expect, onTestFinished, test } from 'vitest';
import { LIVE_STORES } from '../live/stores.ts';
import { administer } from './administered-vault.ts';
import { runLiveSuite } from './run-live-suite.ts';

const LIMIT_MS = 180_000;

test(
  'with nothing set, the live suite tells for each store what to set, and is content',
  { timeout: LIMIT_MS },
  async () => {
    const { exitCode, output } = await runLiveSuite({});
    expect(exitCode, output).toBe(0);
    for (const { title, setUp } of LIVE_STORES) {
      const setup = setUp({});
      expect('missing' in setup && output.includes(setup.missing), title).toBe(true);
      expect(output).toContain(title);
    }
  },
);

test('the page about the live suite names every variable that it reads', async () => {
  const folder = fileURLToPath(new URL('../live/harness/', import.meta.url));
  const page = await readFile(new URL('../../docs/live-suite.md', import.meta.url), 'utf8');
  const sources = await Promise.all(
    (await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')),
  );
  const variables = new Set(sources.join('\n').match(/MHK_LIVE_[A-Z_]+/g));
  expect(variables.size).toBeGreaterThan(3);
  expect([...variables].filter((name) => !page.includes(`\`${name}`))).toEqual([]);
});

test('the live suite passes against a good Secrets Manager', { timeout: LIMIT_MS }, async () => {
  const { aws, variables } = await startAws();
  const { exitCode, output } = await runLiveSuite(variables, 'test/live/aws.test.ts');
  expect(exitCode, output).toBe(0);
  expect(aws.count('GetSecretValue')).toBeGreaterThan(100);
  // It left nothing behind.
  expect(aws.count('CreateSecret')).toBeLessThanOrEqual(aws.count('DeleteSecret'));
});

test('the live suite passes against a good Vault', { timeout: LIMIT_MS }, async () => {
  const vault = await startFakeVault();
  onTestFinished(() => vault.close());
  const { exitCode, output } = await runLiveSuite(
    { MHK_LIVE_VAULT_ADDR: await listen(administer(vault)), MHK_LIVE_VAULT_TOKEN: vault.rootToken },
    'test/live/vault.test.ts',
    // Both engines and both logins.
    '-t',
    'KV 1, token|KV 2, AppRole',
  );
  expect(exitCode, output).toBe(0);
  expect(vault.secretReads).toBeGreaterThan(200);
});

test('the live suite fails against a Vault that gives another key', { timeout: LIMIT_MS }, async () => {
  const vault = await startFakeVault();
  onTestFinished(() => vault.close());
  const good = administer(vault);
  const other = makeTestKey();
  const wrong: RequestListener = (request, response) => {
    if (request.method !== 'GET' || !request.url?.includes('/data/')) return good(request, response);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: { data: { api_key: other }, metadata: { version: 1 } } }));
  };
  const { exitCode, output } = await runLiveSuite(
    { MHK_LIVE_VAULT_ADDR: await listen(wrong), MHK_LIVE_VAULT_TOKEN: vault.rootToken },
    'test/live/vault.test.ts',
    '-t',
    'KV 2, token.*the source itself',
  );
  expect(exitCode).toBe(1);
  expect(output).toContain('the read gave another key');
  expect(output).not.toContain(other);
});

test(
  'the live suite reaches a Vault whose certificate is from an own authority',
  { timeout: LIMIT_MS },
  async () => {
    const vault = await startFakeVault();
    onTestFinished(() => vault.close());
    const { origin, caFile } = await putTlsBefore(await listen(administer(vault)));
    const { exitCode, output } = await runLiveSuite(
      { MHK_LIVE_VAULT_ADDR: origin, MHK_LIVE_VAULT_TOKEN: vault.rootToken, MHK_LIVE_CA_FILE: caFile },
      'test/live/vault.test.ts',
      '-t',
      'KV 2, token.*the source itself',
    );
    expect(exitCode, output).toBe(0);
    expect(vault.secretReads).toBeGreaterThan(30);
  },
);

test(
  'the live suite counts reads of an endpoint that nothing can stand in front of',
  { timeout: LIMIT_MS },
  async () => {
    const { aws, variables } = await startAws();
    const { origin, caFile } = await putTlsBefore(aws.origin);
    const { exitCode, output } = await runLiveSuite(
      { ...variables, MHK_LIVE_AWS_ENDPOINT: origin, NODE_EXTRA_CA_CERTS: caFile },
      'test/live/aws.test.ts',
      '-t',
      'the source itself',
    );
    expect(exitCode, output).toBe(0);
    expect(output).toContain('nothing can stand in front of an endpoint with TLS');
    expect(aws.count('GetSecretValue')).toBeGreaterThan(30);
  },
);

/** https in front of a server, with a certificate of an authority that is made for it. */
async function putTlsBefore(target: string): Promise<{ origin: string; caFile: string }> {
  const proxy = await startFaultProxy({ target, tls: true });
  const folder = await mkdtemp(join(tmpdir(), 'mhk-live-'));
  onTestFinished(async () => {
    await proxy.close();
    await rm(folder, { recursive: true });
  });
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, String(proxy.ca));
  return { origin: proxy.origin, caFile };
}

async function startAws(): Promise<{
  aws: Awaited<ReturnType<typeof startFakeAws>>;
  variables: Record<string, string>;
}> {
  const aws = await startFakeAws();
  onTestFinished(() => aws.close());
  const { accessKeyId, secretAccessKey } = aws.createAccessKey();
  return {
    aws,
    variables: {
      MHK_LIVE_AWS_ENDPOINT: aws.origin,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  };
}

async function listen(onRequest: RequestListener): Promise<string> {
  const server = createServer(onRequest);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
