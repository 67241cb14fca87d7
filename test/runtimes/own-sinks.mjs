const EVERYTHING = {
  depth: Infinity,
  showHidden: true,
  showProxy: true,
  getters: true,
  iterableLimit: Infinity,
};

/** The ways to show a value that this runtime has of its own, beside those that Node has too. */
export async function listOwnSinks() {
  const { Bun, Deno } = globalThis;
  if (Deno) {
    return {
      'Deno.inspect': (value) => Deno.inspect(value),
      'Deno.inspect of everything': (value) => Deno.inspect(value, EVERYTHING),
    };
  }
  if (!Bun) return {};
  const { serialize } = await import('bun:jsc');
  return {
    'Bun.inspect': (value) => Bun.inspect(value),
    'Bun.inspect of everything': (value) => Bun.inspect(value, EVERYTHING),
    'Bun.inspect.table': (value) => Bun.inspect.table([value]),
    'serialize of bun:jsc': (value) => Buffer.from(serialize(value)).toString('latin1'),
  };
}

/** Many values can not be serialized, which is as good as showing nothing; what is thrown is looked at, too. */
export function show(sink, value) {
  try {
    return sink(value);
  } catch (error) {
    return `${error}`;
  }
}
