import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Makes one host name fail to resolve in this process, without asking any name server. Sockets look names up through
 * `dns.lookup`, which they take anew for each connection.
 *
 * @returns the function that ends it
 */
export function failLookupsOf(hostname: string): () => void {
  const { lookup } = dns;
  const { lookup: lookupPromise } = dns.promises;
  let active = true;
  const fails = (name: unknown): boolean => active && name === hostname;

  const failingLookup = like(lookup, (...args: unknown[]): void => {
    if (fails(args[0])) process.nextTick(args.at(-1) as (error: Error) => void, notFound(hostname));
    else Reflect.apply(lookup, dns, args);
  });
  const failingPromise = like(lookupPromise, async (...args: unknown[]): Promise<unknown> => {
    if (fails(args[0])) throw notFound(hostname);
    return Reflect.apply(lookupPromise, dns.promises, args) as Promise<unknown>;
  });
  dns.lookup = failingLookup;
  dns.promises.lookup = failingPromise;
  syncBuiltinESMExports();
  return () => {
    active = false;
    // Somebody else may have put theirs over ours; then ours stays below it, and passes everything on.
    if (dns.lookup === failingLookup) dns.lookup = lookup;
    if (dns.promises.lookup === failingPromise) dns.promises.lookup = lookupPromise;
    syncBuiltinESMExports();
  };
}

/** With the marks that `util.promisify` needs. */
function like<Original extends object>(original: Original, instead: object): Original {
  return Object.defineProperties(instead, Object.getOwnPropertyDescriptors(original)) as Original;
}

/** As Node tells of a name that does not exist. */
function notFound(hostname: string): Error {
  const details = { errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname };
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), details);
}
