// Sends one request that succeeds, one that is refused and one that fails, as an ES module of a user would. The test
// runs it under NODE_DEBUG and DEBUG, and reads what it prints.
import { argv, env, exit } from 'node:process';
import Client from 'magic-hour';
import { createApiKey, type KeyProvider } from '@magic-hour-keys/core';
import { createMagicHourClient } from '@magic-hour-keys/http/magic-hour';

const [, , how = '', origin = '', gone = ''] = argv;
const value = env['TEST_KEY'] ?? '';
const key = createApiKey(value, { source: 'test' });
const provider: KeyProvider = {
  name: 'test',
  getKey: async () => key,
  renew: async () => undefined,
  peek: () => key,
};

function makeClient(baseUrl: string): InstanceType<typeof Client.default> {
  if (how === 'token') return new Client.default({ baseUrl, token: value });
  return createMagicHourClient(provider, Client, {
    baseUrl,
    allowedOrigins: [baseUrl],
    allowInsecureLoopback: true,
  });
}

async function print(call: PromiseLike<unknown>): Promise<void> {
  const outcome = await Promise.resolve(call).catch((error: unknown) => error);
  console.log(outcome);
  console.error(outcome);
}

const client = makeClient(origin);
await print(
  client.v1.aiImageGenerator.create({
    imageCount: 1,
    orientation: 'square',
    style: { prompt: 'a lighthouse', tool: 'ai-anime-generator' },
  }),
);
await print(client.v1.imageProjects.get({ id: 'unknown' }));
await print(makeClient(gone).v1.imageProjects.get({ id: 'unknown' }));
exit();
