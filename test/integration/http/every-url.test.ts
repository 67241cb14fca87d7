import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isKeyError } from '@magic-hour-keys/core';
import { hostileUrls } from '../../unit/http/generated-urls.ts';
import { createHandWrittenProvider } from '../../unit/http/hand-written-provider.ts';
import { GOOD, HOSTILE, ODD, PLAIN } from '../../unit/http/known-urls.ts';
import { ALL_CLIENTS_AND_SDKS } from './clients/all-clients.ts';
import type { ClientUnderTest } from './clients/client-under-test.ts';
import { createRecordingNetwork, type Contact } from './recording-network.ts';

const API = 'TLS to api.magichour.ai port 443';
const GENERATED = fc.sample(hostileUrls([...GOOD, ...HOSTILE]), { numRuns: 120, seed: 20_260_102 });

interface Sent {
  readonly url: string;
  readonly contacts: readonly (Contact & { readonly hasKey: boolean })[];
  readonly error: unknown;
}

/** What the client really contacts, without options: the allow-list is the API alone. */
async function sendAll(client: ClientUnderTest, urls: readonly string[]): Promise<readonly Sent[]> {
  await using network = createRecordingNetwork();
  const provider = createHandWrittenProvider();
  await using opened = await client.open(provider, { internet: network });
  const all: Sent[] = [];
  for (const url of urls) {
    const error: unknown = await opened.send(url).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const contacts = network.takeContacts().map((contact) => {
      const hasKey = contact.authorization?.includes(provider.current.reveal()) ?? false;
      return { ...contact, hasKey };
    });
    all.push({ url, contacts, error });
  }
  return all;
}

const totals = { urls: 0, contacts: 0, withKey: 0, bypasses: 0, plain: 0, refusals: 0 };

afterAll(() => {
  const { urls, contacts, withKey, bypasses, plain, refusals } = totals;
  console.log(
    [
      `${ALL_CLIENTS_AND_SDKS.length} clients, ${urls} hostile URLs: ${contacts} requests somewhere, ` +
        `${withKey} of them with the key, keys off the allow-list: ${bypasses}`,
      `${ALL_CLIENTS_AND_SDKS.length} clients, ${plain} good URLs: refused ${refusals}`,
    ].join('\n'),
  );
});

describe.each(ALL_CLIENTS_AND_SDKS)('$name', (client) => {
  it('takes the key to the API and to nobody else, whatever the URL looks like', async () => {
    const all = await sendAll(client, [...HOSTILE, ...GENERATED]);
    const requests = all.flatMap(({ url, contacts }) => contacts.map((contact) => ({ url, ...contact })));
    const bypasses = requests.filter(({ hasKey, socket }) => hasKey && socket !== API);
    const withKey = requests.filter(({ hasKey }) => hasKey);
    totals.urls += all.length;
    totals.contacts += requests.length;
    totals.withKey += withKey.length;
    totals.bypasses += bypasses.length;
    expect(bypasses.map(({ url, socket }) => [url, socket])).toEqual([]);
    // Whatever does reach the API brings the key, unless the client has made a header of a user name in the URL.
    const bare = requests.filter(
      ({ authorization, socket }) => authorization === undefined && socket === API,
    );
    // undici takes the page of a blob for its origin, and asks there for something that is no path.
    expect(bare.filter(({ url }) => !url.startsWith('blob:'))).toEqual([]);
    // Both sides of the rule were really tried.
    expect(withKey.length).toBeGreaterThan(5);
    expect(requests.length - withKey.length).toBeGreaterThan(5);
  });

  it('takes the key to the API for every URL that is the API', async () => {
    const all = await sendAll(client, PLAIN);
    const refused = all.filter(({ contacts: [first] }) => !first?.hasKey || first.socket !== API);
    totals.plain += all.length;
    totals.refusals += refused.length;
    expect(refused.map(({ url }) => url)).toEqual([]);
    expect(all.map(({ contacts }) => contacts.length)).toEqual(PLAIN.map(() => 1));
  });

  it('leaves it to the client to refuse a URL that is the API in an odd way', async () => {
    const all = await sendAll(client, ODD);
    const unsent = all.filter(({ contacts: [first] }) => !first?.hasKey || first.socket !== API);
    expect(unsent.filter(({ error }) => !(error instanceof Error) || isKeyError(error))).toEqual([]);
  });
});

describe('a header that people put on by themselves', () => {
  it('goes elsewhere for some of these URLs, so they are hostile enough', async () => {
    const naive: ClientUnderTest = {
      name: 'fetch, with a look at how the URL begins',
      redirects: 'followed',
      async open(provider, { internet }) {
        const authorization = `Bearer ${(await provider.getKey()).reveal()}`;
        return {
          async send(url) {
            const headers = url.startsWith('https://api.magichour.ai') ? { authorization } : {};
            const raw = await fetch(url, { headers, dispatcher: internet?.dispatcher } as object);
            return { status: raw.status, body: await raw.text(), raw };
          },
          async [Symbol.asyncDispose]() {},
        };
      },
    };
    const all = await sendAll(naive, [...HOSTILE, ...GENERATED]);
    const bypasses = all.flatMap(({ contacts }) => contacts).filter((c) => c.hasKey && c.socket !== API);
    expect(bypasses.length).toBeGreaterThan(5);
  });
});
