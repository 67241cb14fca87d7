import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPILERS, makeConsumer, type Consumer } from './types-consumer.ts';

/** The newest, and the oldest that is published. */
const SDKS = ['magic-hour', 'magic-hour-0-33'];

const WITHOUT_SDK = `
import type { KeyProvider } from '@magic-hour-keys/core';
import { bindMagicHour, createMagicHourClient, type MagicHourClass } from '@magic-hour-keys/http/magic-hour';

declare const provider: KeyProvider;
class Client { constructor(readonly options?: { readonly speed?: number }) {} }

export const Known: MagicHourClass<Client, { readonly speed?: number }> = Client;
export const speed: number | undefined = createMagicHourClient(provider, Known, { speed: 1, replay: 'never' }).options?.speed;
export const unbind: () => void = bindMagicHour(provider, new Client(), { onEvent: undefined });
// @ts-expect-error a text is no client
bindMagicHour(provider, 'client');
`;

/** What an ES module writes; the SDK is CommonJS. */
const WITH_SDK = `
import Client from 'PACKAGE';
import type { KeyProvider } from '@magic-hour-keys/core';
import { bindMagicHour, createMagicHourClient } from '@magic-hour-keys/http/magic-hour';

declare const provider: KeyProvider;
const client = createMagicHourClient(provider, Client, { timeout: 60_000, onEvent: (event) => event.type });
export const made: InstanceType<typeof Client.default> = client;
export const same: InstanceType<typeof Client.default> = createMagicHourClient(provider, Client.default);
export const status: Promise<string> = client.v1.imageProjects.get({ id: 'x' }).then((project) => project.status);
export const unbind: () => void = bindMagicHour(provider, new Client.default({ baseUrl: 'https://api.magichour.ai' }));
// @ts-expect-error the key comes from the provider
createMagicHourClient(provider, Client, { token: 'x' });
// @ts-expect-error the SDK knows no such option
createMagicHourClient(provider, Client, { apiKey: 'x' });
// @ts-expect-error the SDK takes a number
createMagicHourClient(provider, Client, { timeout: '1m' });
`;

let consumer: Consumer;

beforeAll(async () => {
  consumer = await makeConsumer();
  await consumer.link(SDKS);
}, 60_000);

afterAll(() => consumer.remove());

describe.each(COMPILERS)('the types compile with %s for a strict consumer', (compiler) => {
  it('without the SDK, our declarations included', async () => {
    await expect(consumer.compile(WITHOUT_SDK, { compiler })).resolves.toBe('');
  });

  it('with either version of the SDK', async () => {
    const texts = SDKS.map((name) => WITH_SDK.replace('PACKAGE', name));
    // The SDK's own declarations need types that it does not depend on.
    await expect(consumer.compile(texts, { compiler, skipLibCheck: true })).resolves.toBe('');
  });
});
