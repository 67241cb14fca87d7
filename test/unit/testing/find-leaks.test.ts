import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { deprecate, inspect } from 'node:util';
import { createApiKey, createKeyProvider, KeyError } from '@magic-hour-keys/core';
import {
  collectSinks,
  createMemorySource,
  findLeaks,
  makeTestKey,
  searchText,
  startFakeMagicHourApi,
} from '@magic-hour-keys/testing';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

const CUSTOM = inspect.custom;

function sinksThatLeak(value: unknown, secret: string): string[] {
  return findLeaks(value, [secret]).map(({ sink }) => sink);
}

function bomb(): never {
  throw new Error('touched');
}

function throwAnything(value: unknown): never {
  throw value;
}

/** Shows the secret to those who convert with this hint alone. */
function onlyFor(hint: string, secret: string): object {
  return { [Symbol.toPrimitive]: (asked: string) => (asked === hint ? secret : '') };
}

class Redacted {
  readonly hidden: string;
  constructor(hidden: string) {
    this.hidden = hidden;
  }
  toString(): string {
    return '[redacted]';
  }
  toJSON(): string {
    return '[redacted]';
  }
  [CUSTOM](): string {
    return '[redacted]';
  }
}

/** A value for each sink which gives the secret away there. */
const LEAKY: Readonly<Record<string, (secret: string) => unknown>> = {
  String: (secret) => ({ toString: () => secret }),
  template: (secret) => onlyFor('string', secret),
  concatenation: (secret) => onlyFor('default', secret),
  message: (secret) => new Error(`the key ${secret} is bad`),
  stack: (secret) => Object.assign(new Error('fine'), { stack: `Error: ${secret}\n    at file.js:1:1` }),
  inspect: (secret) => ({ [CUSTOM]: () => secret }),
  'inspect everything': (secret) => ({ a: { b: { c: { d: { e: secret } } } } }),
  'inspect everything, not as customized': (secret) => new Redacted(secret),
  'inspect as cause': (secret) => ({ [CUSTOM]: (depth: number) => (depth < 2 ? secret : 'clean') }),
  'format %s': (secret) => Object.assign(() => {}, { toString: () => secret }),
  'format %d': () => ({ valueOf: () => 12_345_678_901 }),
  'format %i': () => ({ valueOf: () => 12_345_678_901, toString: () => '12345678901' }),
  'format %f': () => ({ valueOf: () => 12_345_678_901, toString: () => '12345678901' }),
  'format %j': (secret) => ({ toJSON: () => ({ deep: secret }) }),
  'format %o': (secret) => Object.defineProperty({}, 'hidden', { value: secret }),
  'format %O': (secret) => [[secret]],
  'JSON.stringify': (secret) => ({ toJSON: () => secret }),
  'JSON.stringify of hidden members': (secret) => {
    const value: Record<string, unknown> = { error: new Error(secret) };
    value['itself'] = value;
    return value;
  },
  structuredClone: (secret) => new Map([[{ key: secret }, 1]]),
  'v8.serialize as latin1': (secret) => ({ text: secret }),
  'v8.serialize as utf8': (secret) => [secret],
  'v8.serialize as utf16': (secret) => ({ odd: `${secret} …` }),
  'v8.serialize as utf16 from the second byte': (secret) =>
    // Wherever the serializer puts the first one, one of the three begins at an odd offset.
    [0, 0, 1].map((before) => Buffer.concat([Buffer.alloc(before), Buffer.from(secret, 'utf16le')])),
  'console.log': (secret) => new Error('outer', { cause: secret }),
  'console.error': (secret) => new AggregateError([new Error(secret)]),
  'console.table': (secret) => [{ name: 'a', key: secret }],
  'console.table of rows': (secret) => ({ name: 'a', key: secret }),
  'console.dir': (secret) => ({ [Symbol('s')]: secret }),
  'console.trace': (secret) => ({ key: secret }),
};

const FIXED_SECRET: Readonly<Record<string, string>> = {
  'format %d': '12345678901',
  'format %i': '12345678901',
  'format %f': '12345678901',
};

describe('is not blind:', () => {
  it.each(Object.keys(LEAKY))('sees a secret that is shown by %s', (sink) => {
    const secret = FIXED_SECRET[sink] ?? makeTestKey();
    expect(sinksThatLeak(LEAKY[sink]?.(secret), secret)).toContain(sink);
  });

  it('has such a proof for every sink there is', () => {
    const names = collectSinks({ clean: true }).sinks.map(({ name }) => name.replace(' (it threw)', ''));
    expect(names.filter((name) => !name.startsWith('walk '))).toEqual(Object.keys(LEAKY));
  });
});

/** A value for each way in which a program can reach a text, and the path that is reported. */
const REACHABLE: readonly (readonly [what: string, path: string, make: (secret: string) => unknown])[] = [
  [
    'a property',
    'walk .config.headers.authorization',
    (secret) => ({ config: { headers: { authorization: secret } } }),
  ],
  ['a hidden property', 'walk .hidden', (secret) => Object.defineProperty({}, 'hidden', { value: secret })],
  ['a property under a symbol', 'walk .[place]', (secret) => ({ [Symbol('place')]: secret })],
  ['the description of a symbol', 'walk .symbol', (secret) => ({ symbol: Symbol(secret) })],
  ['the name of a symbol property', 'walk .(name)', (secret) => ({ [Symbol(secret)]: 1 })],
  ['the name of a property', 'walk .(name)', (secret) => ({ [secret]: 1 })],
  [
    'a value under a name that leaks',
    'walk (under a name that holds the secret)',
    (secret) => ({ [secret]: secret }),
  ],
  [
    'a getter',
    'walk .value',
    (secret) => ({
      get value() {
        return secret;
      },
    }),
  ],
  [
    'a getter of a prototype',
    'walk .value',
    (secret) =>
      new (class {
        get value() {
          return secret;
        }
      })(),
  ],
  [
    'a getter of a prototype’s prototype',
    'walk .value',
    (secret) =>
      new (class extends class {
        get value() {
          return secret;
        }
      } {})(),
  ],
  [
    'a prototype',
    'walk .(prototype).shared',
    (secret): unknown => Object.setPrototypeOf({}, { shared: secret }),
  ],
  ['an object without a prototype', 'walk .value', (secret) => ({ __proto__: null, value: secret })],
  ['a cause', 'walk .cause.message', (secret) => new Error('outer', { cause: new Error(secret) })],
  [
    'a cause of a cause',
    'walk .cause.cause',
    (secret) => new Error('outer', { cause: new Error('inner', { cause: secret }) }),
  ],
  [
    'an aggregate',
    'walk .errors.1.message',
    (secret) => new AggregateError([new Error('fine'), new Error(secret)]),
  ],
  [
    'a suppressed error',
    'walk .suppressed.message',
    (secret) => Object.assign(new Error('outer'), { suppressed: new Error(secret) }),
  ],
  ['a value of a map', 'walk .(entry)', (secret) => new Map([['name', secret]])],
  ['a key of a map', 'walk .(entry name)', (secret) => new Map([[secret, 1]])],
  ['a set', 'walk .(entry)', (secret) => new Set([secret])],
  [
    'a property of a function',
    'walk .run.key',
    (secret) => ({ run: Object.assign(() => {}, { key: secret }) }),
  ],
  ['a list', 'walk .1.0', (secret) => [1, [secret]]],
  ['bytes', 'walk .body (as latin1)', (secret) => ({ body: Buffer.from(secret) })],
  ['bytes of UTF-16', 'walk .body (as utf16)', (secret) => ({ body: Buffer.from(secret, 'utf16le') })],
  [
    'an ArrayBuffer',
    'walk .body (as latin1)',
    (secret) => ({ body: new Uint8Array(Buffer.from(secret)).buffer }),
  ],
  [
    'a view of some bytes',
    'walk .body (as latin1)',
    (secret) => ({ body: new DataView(new Uint8Array(Buffer.from(`xx${secret}`)).buffer, 2) }),
  ],
  ['the text of a String object', 'walk .(entry)', (secret) => new Set([secret])],
  ['a proxy', 'walk .value', (secret) => new Proxy({ value: secret }, {})],
  [
    'what a proxy makes up',
    'walk .made',
    (secret) => new Proxy({}, { ownKeys: () => ['made'], get: () => secret }),
  ],
  [
    'what a getter throws',
    'walk .bad (it threw)',
    (secret) => ({
      get bad() {
        throw new Error(secret);
      },
    }),
  ],
  [
    'what a list of names throws',
    'walk  (its names) (it threw)',
    (secret) =>
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error(secret);
          },
        },
      ),
  ],
];

describe('reads what can be reached:', () => {
  it.each(REACHABLE)('%s', (_, path, make) => {
    const secret = makeTestKey();
    expect(sinksThatLeak(make(secret), secret)).toContain(path);
  });

  it('bytes whose text is in another place of the same memory are not taken for the value’s own', () => {
    const secret = makeTestKey();
    const memory = Buffer.from(`${secret}harmless`);
    expect(findLeaks({ body: memory.subarray(secret.length) }, [secret])).toEqual([]);
  });

  it('a text and bytes that are the value itself', () => {
    const secret = makeTestKey();
    expect(findLeaks(`log line ${secret}`, [secret])).toEqual([
      { sink: 'text', encoding: 'raw', at: 9, secretIndex: 0 },
    ]);
    expect(sinksThatLeak(Buffer.from(secret), secret)).toEqual(['bytes as latin1', 'bytes as utf8']);
    expect(sinksThatLeak(new Uint8Array(Buffer.from(`x${secret}`, 'utf16le')), secret)).toEqual([
      'bytes as utf16',
    ]);
  });

  it('an odd number of bytes at an odd address, again and again', () => {
    // Node 24 decodes them as UTF-16 past the end of its memory (nodejs/node#64697), and the process would crash here.
    const secret = makeTestKey();
    for (let length = 1; length < 2000; length += 2) {
      const bytes = new Uint8Array(new ArrayBuffer(length + 1), 1);
      expect(findLeaks(bytes, [secret])).toEqual([]);
    }
  });

  it.each<[string, (secret: string) => unknown]>([
    [
      'toString',
      (secret) => ({
        toString() {
          throw new Error(secret);
        },
      }),
    ],
    [
      'toJSON',
      (secret) => ({
        toJSON() {
          throw Object.assign(new Error('fine'), { config: { key: secret } });
        },
      }),
    ],
    [
      'inspect.custom',
      (secret) => ({
        [CUSTOM]() {
          throwAnything(secret);
        },
      }),
    ],
  ])('what %s throws', (_, make) => {
    const secret = makeTestKey();
    expect(sinksThatLeak(make(secret), secret).some((sink) => sink.endsWith('(it threw)'))).toBe(true);
  });

  it('a weak map, which util.inspect prints when asked for hidden members', () => {
    const secret = makeTestKey();
    expect(sinksThatLeak(new WeakMap([[{}, secret]]), secret)).toContain('inspect everything');
  });

  it('every secret of several, and tells which', () => {
    const secrets = [makeTestKey(), makeTestKey(), makeTestKey()];
    const leaks = findLeaks({ a: secrets[2], b: secrets[0] }, secrets);
    expect(new Set(leaks.map(({ secretIndex }) => secretIndex))).toEqual(new Set([0, 2]));
  });

  it('the request behind a real HTTP response, as a control group', async () => {
    await using api = await startFakeMagicHourApi();
    const secret = makeTestKey();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(api.origin, { headers: { authorization: `Bearer ${secret}` } }, resolve).on('error', reject);
    });
    response.resume();
    expect(sinksThatLeak(response, secret)).toEqual(
      expect.arrayContaining(['inspect', 'format %o', 'console.log', 'walk .req._header']),
    );
  });
});

describe('raises no false alarm over', () => {
  it('a key, an error, a source and a provider of this library', async () => {
    const secret = makeTestKey();
    const source = createMemorySource({ value: secret, name: 'shelf' });
    await using provider = createKeyProvider(source);
    const key = await provider.getKey();
    const error = new KeyError({ code: 'invalid_key', source: 'shelf', hint: 'Store another one.' });
    expect(key.reveal() === secret).toBe(true);
    expect(findLeaks([key, createApiKey(secret, { source: 'x' }), error, provider], [secret])).toEqual([]);
  });

  it('private fields and closures, which nothing prints', () => {
    const secret = makeTestKey();
    class Holder {
      readonly #value = secret;
      reveal(): string {
        return this.#value;
      }
    }
    const holder = new Holder();
    expect(holder.reveal() === secret).toBe(true);
    expect(findLeaks([holder, () => secret], [secret])).toEqual([]);
  });

  it('the environment of the process, which every object can reach', () => {
    const secret = makeTestKey();
    process.env['LEAK_PROBE'] = secret;
    try {
      expect(findLeaks({ run: () => process.env }, [secret])).toEqual([]);
    } finally {
      delete process.env['LEAK_PROBE'];
    }
  });

  it.each([undefined, null, 0, 1n, true, Symbol('x'), Number.NaN, '', [], {}, new Date(0), /x/])(
    '%s',
    (value) => {
      expect(findLeaks(value, [makeTestKey()])).toEqual([]);
    },
  );
});

describe('keeps calm about', () => {
  it('anything at all', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
      withTypedArray: true,
      maxDepth: 4,
    });
    const secret = makeTestKey();
    fc.assert(
      fc.property(anything, (value) => {
        expect(findLeaks(value, [secret])).toEqual([]);
      }),
    );
  });

  it('methods: it calls none of the value’s own besides its conversions', () => {
    let called = 0;
    const value = {
      reveal: () => (called += 1),
      getKey: () => (called += 1),
      value: { reveal: () => (called += 1) },
    };
    expect(findLeaks(value, [makeTestKey()])).toEqual([]);
    expect(called).toBe(0);
  });

  it('getters: it runs them on the values that inherit them, never on the prototype alone', () => {
    const askedOn = new Set<unknown>();
    class Holder {
      get value(): string {
        askedOn.add(this);
        return 'clean';
      }
    }
    const holder = new Holder();
    expect(findLeaks(holder, [makeTestKey()])).toEqual([]);
    expect([...askedOn].map((receiver) => receiver === holder)).toEqual([true]);
  });

  it('what every object can reach: it does not wander into it', () => {
    const { sinks } = collectSinks({ text: 'clean', everybodys: Object.prototype });
    const walked = sinks.map(({ name }) => name).filter((name) => name.startsWith('walk '));
    expect(walked.toSorted()).toEqual(['walk .(name)', 'walk .(name)', 'walk .text']);
  });

  it('objects that throw at every touch', () => {
    const traps = ['get', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'has'];
    const hostile = new Proxy({}, Object.fromEntries(traps.map((trap) => [trap, bomb])));
    expect(findLeaks(hostile, [makeTestKey()])).toEqual([]);
    expect(findLeaks({ inside: [hostile] }, [makeTestKey()])).toEqual([]);
  });

  it('errors that can not be shown either', () => {
    const worse = {
      toString() {
        throwAnything(worse);
      },
      get message(): string {
        return throwAnything(worse);
      },
      [CUSTOM]() {
        throwAnything(worse);
      },
    };
    expect(findLeaks(worse, [makeTestKey()])).toEqual([]);
  });

  it('a revoked proxy, a null prototype, a detached buffer and a function', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const detached = new Uint8Array(8);
    structuredClone(detached, { transfer: [detached.buffer] });
    const values = [
      proxy,
      Object.create(null),
      detached,
      detached.buffer,
      async () => {},
      class Empty extends Redacted {},
      new Map([[proxy, proxy]]),
    ];
    for (const value of values) expect(findLeaks(value, [makeTestKey()])).toEqual([]);
    expect(findLeaks(values, [makeTestKey()])).toEqual([]);
  });

  it('cycles, and a chain of 20,000 causes', () => {
    const secret = makeTestKey();
    const cycle: Record<string, unknown> = {};
    cycle['itself'] = [cycle, new Map([[cycle, cycle]])];
    expect(findLeaks(cycle, [secret])).toEqual([]);
    let chain: object = { end: secret };
    for (let i = 0; i < 20_000; i++) chain = { cause: chain };
    const leaks = sinksThatLeak(chain, secret);
    expect(leaks.some((sink) => sink.endsWith('.cause.end'))).toBe(true);
    expect(leaks.every((sink) => sink.length < 200)).toBe(true);
  });

  it('a getter whose promise fails', async () => {
    class Stream {
      get closed(): Promise<never> {
        return Promise.reject(new Error('nobody waits for this'));
      }
    }
    expect(findLeaks(new Stream(), [makeTestKey()])).toEqual([]);
    await new Promise((resolve) => void setImmediate(resolve));
  });

  it('deprecated getters, without a warning, and leaves the switch for warnings as it was', async () => {
    const before = process.noDeprecation;
    const warnings: unknown[] = [];
    const note = (warning: unknown): void => void warnings.push(warning);
    process.on('warning', note);
    const old = Object.defineProperty({}, 'old', {
      get: deprecate(() => 'x', 'old is old', 'TEST0001'),
    });
    expect(findLeaks(old, [makeTestKey()])).toEqual([]);
    await new Promise((resolve) => void setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
    expect(process.noDeprecation === true).toBe(before === true);
  });

  it('standard output: the consoles it tries are its own', () => {
    const written = [
      vi.spyOn(process.stdout, 'write'),
      vi.spyOn(process.stderr, 'write'),
      vi.spyOn(console, 'log'),
    ];
    findLeaks(new Error('not printed'), [makeTestKey()]);
    for (const write of written) expect(write).not.toHaveBeenCalled();
  });
});

describe('the report', () => {
  it('never holds the secret, not even as the name of a property', () => {
    const secret = makeTestKey();
    const leaks = findLeaks({ [secret]: { [secret]: secret, [Symbol(secret)]: new Error(secret) } }, [
      secret,
    ]);
    expect(leaks.length).toBeGreaterThan(5);
    expect(searchText(JSON.stringify(leaks), [secret])).toEqual([]);
  });

  it('says that nothing is proved when there was more than it could read', () => {
    const endless = {
      get next(): unknown {
        return Object.create(endless) as unknown;
      },
    };
    const secret = makeTestKey();
    expect(findLeaks(endless, [secret]).map(({ encoding }) => encoding)).toEqual(['unsearched']);
    expect(collectSinks(endless).complete).toBe(false);
  });

  it('reads a hundred thousand numbers without giving up', () => {
    const numbers = Array.from({ length: 100_000 }, (_, i) => i % 256);
    expect(collectSinks({ numbers }).complete).toBe(true);
  });

  it('refuses to look for nothing, which would prove nothing', () => {
    expect(() => findLeaks({}, [])).toThrow(TypeError);
    expect(() => findLeaks({}, [''])).toThrow(TypeError);
  });
});
