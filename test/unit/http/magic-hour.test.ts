import { describe, expect, it } from 'vitest';
import { bindMagicHour, createMagicHourClient } from '@magic-hour-keys/http/magic-hour';
import { makeTestKey } from '@magic-hour-keys/testing';
import { createHandWrittenProvider } from './hand-written-provider.ts';

interface Config {
  readonly method: string;
  readonly path: string;
  readonly auth?: readonly string[];
  readonly opts?: object;
}

/** A client as the SDK builds it, whose requests go nowhere. */
class FakeClient {
  readonly ['_client']: object;

  constructor(core: object = {}) {
    this['_client'] = { ...workingCore(), ...core };
  }

  get core(): object {
    return this['_client'];
  }

  send(config: Partial<Config> = {}): Promise<unknown> {
    const core = this.core as { request(config: Config): Promise<unknown> };
    return core.request({ method: 'get', path: '/v1', auth: ['bearerAuth'], ...config });
  }
}

function workingCore(): object {
  return {
    request: async (config: Config) => config,
    buildRequestInit: ({ method }: Config) => ({ method: method.toUpperCase(), headers: {} }),
    buildUrl: (path: string) => `https://api.magichour.ai${path}`,
  };
}

describe('an SDK whose inside has changed is refused, with the versions that are known', () => {
  const provider = createHandWrittenProvider();

  it.each<[string, object]>([
    ['has no core', {}],
    ['has another core', { _client: 'text' }],
    ['has a core that sends by another name', new FakeClient({ request: undefined })],
    ['builds its requests elsewhere', new FakeClient({ buildRequestInit: undefined })],
    ['builds its URLs elsewhere', new FakeClient({ buildUrl: undefined })],
    [
      'builds URLs from something else',
      new FakeClient({ buildUrl: (config: Config) => config.path.slice() }),
    ],
    ['builds URLs that lack the path', new FakeClient({ buildUrl: () => 'https://api.magichour.ai' })],
    [
      'builds its requests later',
      new FakeClient({ buildRequestInit: async () => ({ method: 'GET', headers: {} }) }),
    ],
    [
      'builds requests with other headers',
      new FakeClient({ buildRequestInit: () => ({ method: 'GET', headers: new Headers() }) }),
    ],
    [
      'builds requests of another kind',
      new FakeClient({ buildRequestInit: () => new Request('https://x.test') }),
    ],
  ])('because it %s', (_, client) => {
    expect(() => bindMagicHour(provider, client)).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        hint: expect.stringMatching(
          /magic-hour 0\.33\.1 to 0\.43\.1.*token: \(await provider\.getKey\(\)\)/,
        ) as string,
      }),
    );
    expect(provider.peeks).toBe(0);
  });

  it('and nothing of it was changed', () => {
    const client = new FakeClient({ buildUrl: () => '' });
    const before = Object.getOwnPropertyDescriptors(client.core);
    expect(() => bindMagicHour(provider, client)).toThrow('known versions');
    expect(Object.getOwnPropertyDescriptors(client.core)).toEqual(before);
  });

  it('also when it shows only in a 401 that its way of sending takes no key', async () => {
    const response = { status: 401 };
    const client = new FakeClient({
      request: async () => {
        throw Object.assign(new Error('401'), { response });
      },
    });
    const asked = createHandWrittenProvider();
    bindMagicHour(asked, client);
    await expect(client.send()).rejects.toMatchObject({ code: 'unsupported' });
    // The key was never sent, so nobody has refused it.
    expect(asked.refused).toEqual([]);
  });

  it.each([undefined, null, 'https://api.magichour.ai', FakeClient])(
    'but %s is no client at all',
    (given) => {
      expect(() => bindMagicHour(provider, given as unknown as object)).toThrow(
        expect.objectContaining({
          code: 'invalid_config',
          hint: expect.stringContaining('new Client()') as string,
        }),
      );
    },
  );
});

describe('a new client', () => {
  const provider = createHandWrittenProvider();

  it.each(['token', 'apiKey'])('takes no %s, and says where the key comes from', (name) => {
    const value = makeTestKey();
    const make = (): unknown => createMagicHourClient(provider, FakeClient, { [name]: value });
    expect(make).toThrow(
      expect.objectContaining({
        code: 'invalid_config',
        hint: expect.stringContaining(`Leave ${name} out`) as string,
      }),
    );
    expect(make).not.toThrow(value);
  });

  it('takes them where they say nothing', () => {
    const options = { token: undefined, apiKey: undefined };
    expect(createMagicHourClient(provider, FakeClient, options as object)).toBeInstanceOf(FakeClient);
  });

  it('gets the options of the SDK, and none of ours', () => {
    const given: unknown[] = [];
    class NotingClient extends FakeClient {
      constructor(options?: { readonly timeout?: number }) {
        super();
        given.push(options);
      }
    }
    createMagicHourClient(provider, NotingClient, {
      allowedOrigins: ['https://x.test'],
      allowInsecureLoopback: false,
      replay: 'never',
      onEvent: () => {},
      foreignOrigin: 'error',
      timeout: 5,
    });
    expect(given).toEqual([{ timeout: 5 }]);
  });

  it.each([FakeClient, { default: FakeClient }, { default: { default: FakeClient } }])(
    'is made from the class, however it was imported',
    (Client) => {
      const client: unknown = createMagicHourClient(provider, Client as typeof FakeClient);
      expect(client).toBeInstanceOf(FakeClient);
    },
  );

  it.each([undefined, {}, { default: {} }, 'magic-hour'])('is not made from %s', (Client) => {
    expect(() => createMagicHourClient(provider, Client as unknown as typeof FakeClient)).toThrow(
      expect.objectContaining({
        code: 'invalid_config',
        hint: expect.stringContaining('import Client') as string,
      }),
    );
  });

  it.each([{ allowedOrigins: ['x'] }, { replay: 'often' }, { foreignOrigin: 'stop' }, { onEvent: 1 }])(
    'is not made with a senseless option: %o',
    (options) => {
      expect(() => createMagicHourClient(provider, FakeClient, options as object)).toThrow(
        expect.objectContaining({ code: 'invalid_config' }),
      );
    },
  );
});

describe('a request of a bound client', () => {
  it('that asks for no authorization is sent as it is', async () => {
    const provider = createHandWrittenProvider();
    const client = new FakeClient();
    bindMagicHour(provider, client);
    const config = { auth: ['other'] };
    await expect(client.send(config)).resolves.toEqual({ method: 'get', path: '/v1', auth: ['other'] });
    await expect(client.send({ auth: undefined as unknown as [] })).resolves.toHaveProperty('path', '/v1');
    expect(provider.peeks).toBe(0);
  });

  it("keeps the SDK's own retries, but for a 401", async () => {
    const client = new FakeClient({ retries: { statusCodes: [4, 5] } });
    bindMagicHour(createHandWrittenProvider(), client);
    const sent = async (opts?: object): Promise<readonly number[] | undefined> => {
      const { opts: got } = (await client.send({ ...(opts && { opts }) })) as {
        opts?: { retries?: { statusCodes?: readonly number[] } };
      };
      return got?.retries?.statusCodes;
    };
    const base = await sent();
    expect(base).toHaveLength(100);
    expect(base).toEqual(expect.arrayContaining([400, 402, 499, 5]));
    expect(base).not.toContain(401);
    await expect(sent({ retries: { statusCodes: [401, 429] } })).resolves.toEqual([429]);
    await expect(sent({ retries: { statusCodes: [429, 5] } })).resolves.toEqual([429, 5]);
  });

  it('shows in its error the request that was made, not the one without the token', async () => {
    const client = new FakeClient({
      request: async (request: Config) => {
        throw Object.assign(new Error('500'), { request, response: { status: 500 } });
      },
    });
    bindMagicHour(createHandWrittenProvider(), client);
    await expect(client.send()).rejects.toMatchObject({ request: { auth: ['bearerAuth'] } });
  });
});

describe('taking the key away again', () => {
  it('leaves alone what somebody has put over ours', () => {
    const client = new FakeClient();
    const unbind = bindMagicHour(createHandWrittenProvider(), client);
    const theirs = async (): Promise<unknown> => 'theirs';
    Object.assign(client.core, { request: theirs });
    unbind();
    expect(client.core).toHaveProperty('request', theirs);
  });

  it('can be done twice', async () => {
    const client = new FakeClient();
    const { request } = client.core as { request: unknown };
    const unbind = bindMagicHour(createHandWrittenProvider(), client);
    unbind();
    unbind();
    expect(client.core).toHaveProperty('request', request);
  });
});
