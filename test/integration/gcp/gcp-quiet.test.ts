// The SDK keeps what it once read of the variable for its logging, so files that run later in this process may print notes.
import { createServer, type AddressInfo } from 'node:net';
import { makeTestKey } from '@magic-hour-keys/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import { failureOf, read } from '../store-reads.ts';
import { NAME, useGcp, valueOf } from './gcp-for-test.ts';

const world = useGcp();
const printed = vi.fn<(...texts: readonly unknown[]) => void>();
let key: string;

beforeEach(() => {
  printed.mockReset();
  for (const name of ['log', 'info', 'debug', 'warn', 'error', 'trace'] as const) {
    vi.spyOn(console, name).mockImplementation(printed);
  }
  vi.spyOn(process, 'emitWarning').mockImplementation(printed);
  key = makeTestKey();
  world.gcp.secrets.put(NAME, key);
});

test.each(['grpc', 'rest'] as const)(
  'a read prints nothing, whether it goes well or not: %s',
  async (transport) => {
    const source = world.source({ transport });
    expect(await valueOf(read(source))).toBe(key);
    world.gcp.fail({ status: 'PERMISSION_DENIED', message: key });
    await expect(read(source)).rejects.toMatchObject({ code: 7 });
    expect(printed).not.toHaveBeenCalled();
  },
);

test('a metadata server that does not speak HTTP is passed over without a warning on the console', async () => {
  const server = createServer((socket) => void socket.end('not http\r\n\r\n'));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  vi.stubEnv('METADATA_SERVER_DETECTION', 'ping-only');
  vi.stubEnv('GCE_METADATA_HOST', `127.0.0.1:${(server.address() as AddressInfo).port}`);
  const error = await failureOf(world.source({ auth: { method: 'default' } }), world.secrets);
  expect(error.code).toBe('unauthenticated');
  expect(printed).not.toHaveBeenCalled();
  server.close();
});

test.each(['grpc', 'rest'] as const)(
  'the logging of the SDK, when it is switched on, does not get the payload: %s',
  async (transport) => {
    const written: string[] = [];
    vi.stubEnv('GOOGLE_SDK_NODE_LOGGING', 'all');
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    const source = world.source({ transport });
    await read(source);
    await source.close?.();
    const all = JSON.stringify([written, printed.mock.calls]);
    expect(all).not.toContain(key);
    expect(all).not.toContain([...Buffer.from(key)].join(','));
    expect(all).not.toContain(Buffer.from(key).toString('base64'));
  },
);
