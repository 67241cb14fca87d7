// What the SDK writes, it writes once, so every test listens: whichever comes first hears it.
import { makeTestKey } from '@magic-hour-keys/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { read } from '../store-reads.ts';
import { clearAccessKey, NAME, useAws, writeCredentials } from './aws-for-test.ts';

const SWITCH = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
const CONSOLE = ['log', 'info', 'debug', 'warn', 'error', 'trace'] as const;
const world = useAws();
const printed = vi.fn<() => void>();
let key: string;

beforeEach(() => {
  printed.mockReset();
  for (const name of CONSOLE) vi.spyOn(console, name).mockImplementation(printed);
  vi.spyOn(process, 'emitWarning').mockImplementation(printed);
  key = makeTestKey();
  world.aws.secrets.put(NAME, key);
});
afterEach(() => {
  vi.useRealTimers();
});

test('the first read of a process prints no warning about the version of Node', async () => {
  expect((await read(world.source())).value).toBe(key);
  expect(printed).not.toHaveBeenCalled();
  expect(process.env[SWITCH]).toBeUndefined();
});

test('an access key beside AWS_PROFILE is not warned about', async () => {
  vi.stubEnv('AWS_PROFILE', 'work');
  await writeCredentials(world, 'work', world.accessKey);
  expect((await read(world.source())).value).toBe(key);
  expect(printed).not.toHaveBeenCalled();
});

test.each(['default', 'container'] as const)(
  'a container that gives its credentials slowly is not warned about: %s',
  async (method) => {
    clearAccessKey();
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', world.aws.containerCredentials);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    world.aws.hold(({ operation }) => operation === 'credentials');
    const reading = read(world.source({ auth: { method } }));
    await world.aws.whenHeld(1);
    vi.advanceTimersByTime(5000);
    world.aws.release();
    expect((await reading).value).toBe(key);
    expect(printed).not.toHaveBeenCalled();
  },
);

test.each(['default', 'instance'] as const)(
  'an instance whose credentials have run out is not warned about: %s',
  async (method) => {
    clearAccessKey();
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', world.aws.origin);
    world.aws.setInstanceRole(-60_000);
    await expect(read(world.source({ auth: { method } }))).rejects.toMatchObject({
      name: 'ExpiredTokenException',
    });
    expect(printed).not.toHaveBeenCalled();
  },
);

test('a read that fails prints nothing', async () => {
  world.aws.fail({ type: 'AccessDeniedException', message: key });
  await expect(read(world.source())).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(printed).not.toHaveBeenCalled();
});
