import { Readable } from 'node:stream';
import FormDataPackage from 'form-data';
import { describe, expect, it } from 'vitest';
import { POST, startClientWorld, statuses } from './client-world.ts';
import { ALL_CLIENTS } from './clients/all-clients.ts';
import type { ClientUnderTest } from './clients/client-under-test.ts';

const TEXT = 'v'.repeat(100_000);

/** `undefined`: this client takes no such body. */
type Cell = 'replayed' | 'once' | undefined;
type Row = readonly [
  name: string,
  make: (client: ClientUnderTest) => unknown,
  cellOf: (client: ClientUnderTest) => Cell,
];

function family({ name }: ClientUnderTest): string {
  if (name.startsWith('ky') || name.startsWith('openapi')) return 'requests';
  if (name.includes('createFetch')) return 'fetch';
  if (name.includes('fetch adapter')) return 'axios-fetch';
  return name.split(/[ ,]/)[0] ?? '';
}

function cells(table: Readonly<Record<string, Cell>>): (client: ClientUnderTest) => Cell {
  return (client) => (client.replays === false ? undefined : table[family(client)]);
}

const ALWAYS: Cell = 'replayed';
const EVERYWHERE = {
  requests: ALWAYS,
  fetch: ALWAYS,
  undici: ALWAYS,
  axios: ALWAYS,
  'axios-fetch': ALWAYS,
  got: ALWAYS,
  'node:http': ALWAYS,
};

const STREAMS = cells({ undici: 'once', axios: 'once', got: 'once', 'node:http': 'once' });

const ROWS: readonly Row[] = [
  ['nothing', () => undefined, cells(EVERYWHERE)],
  ['a text', () => TEXT, cells(EVERYWHERE)],
  ['a Buffer', () => Buffer.from(TEXT), cells(EVERYWHERE)],
  ['a typed array', () => new TextEncoder().encode(TEXT), cells({ ...EVERYWHERE, got: undefined })],
  [
    'URLSearchParams',
    () => new URLSearchParams({ a: TEXT }),
    cells({ ...EVERYWHERE, undici: undefined, got: undefined, 'node:http': undefined }),
  ],
  [
    'a FormData',
    makeSpecForm,
    // got turns it into a stream before anybody sees it.
    cells({ ...EVERYWHERE, got: 'once', 'node:http': undefined }),
  ],
  ['a Blob', () => new Blob([TEXT]), cells({ ...EVERYWHERE, got: undefined, 'node:http': undefined })],
  ['a Node stream', () => Readable.from([TEXT]), STREAMS],
  ['a web stream', () => new Blob([TEXT]).stream(), cells({ fetch: 'once', requests: 'replayed' })],
  ['a generator', generate, cells({ fetch: undefined, undici: 'once', got: 'once', 'node:http': 'once' })],
  // got 16 takes no streams but those of Node and of the web.
  [
    'the package form-data',
    makePackageForm,
    (client) => (client.name === 'got 16' ? undefined : STREAMS(client)),
  ],
];

describe.each(ROWS)('%s as the body', (_, make, cellOf) => {
  const clients = ALL_CLIENTS.flatMap((client) => {
    const cell = cellOf(client);
    return cell ? [{ name: client.name, client, cell }] : [];
  });

  it.each(clients)('after a 401 is $cell by $name', async ({ client, cell }) => {
    await using world = await startClientWorld(client);
    const body = make(client);
    const answer = await world.sendRotated({ method: 'POST', body });
    expect(statuses(world.api)).toEqual(cell === 'replayed' ? [401, 200] : [401]);
    expect(answer.status).toBe(cell === 'replayed' ? 200 : 401);
    const [first, second = first] = world.api.requests.map((arrived) => withoutBoundary(arrived.body));
    expect(first?.length).toBeGreaterThan(body === undefined ? -1 : TEXT.length - 1);
    expect(second).toBe(first);
    expect(world.provider.refused).toHaveLength(1);
    // Whatever became of that one, the next request has the next key.
    expect((await world.send(world.url, POST)).status).toBe(200);
    expect(world.provider.refused).toHaveLength(1);
  });
});

function makeSpecForm({ FormData: Form = FormData }: ClientUnderTest): FormData {
  const form = new Form();
  form.set('file', new File([TEXT], 'video.mp4'));
  return form;
}

function makePackageForm(): FormDataPackage {
  const form = new FormDataPackage();
  form.append('file', TEXT, 'video.mp4');
  return form;
}

async function* generate(): AsyncGenerator<string> {
  yield TEXT;
}

/** The text that stands between the parts of a form is another one each time. */
function withoutBoundary(body: string): string {
  const [, boundary] = /^--([^\r\n]+)/.exec(body) ?? [];
  return boundary ? body.replaceAll(boundary, '') : body;
}
