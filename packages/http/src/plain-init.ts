/** What is read of an `init`. Whatever else it has is passed on. */
export interface PlainInit {
  readonly method?: string;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly redirect?: string;
  readonly signal?: AbortSignal | null;
}

/** The members that fetch asks an init for. */
const INIT_MEMBERS = [
  'body',
  'cache',
  'credentials',
  'dispatcher',
  'duplex',
  'headers',
  'integrity',
  'keepalive',
  'method',
  'mode',
  'priority',
  'redirect',
  'referrer',
  'referrerPolicy',
  'signal',
  'window',
];

/**
 * The init as an object that can be spread. A Request may stand there too, and has its members on the prototype, where
 * spreading misses them: a DELETE would be sent as a GET.
 */
export function toPlainInit(init: object | null | undefined): PlainInit {
  if (init === undefined || init === null) return {};
  const prototype: unknown = Object.getPrototypeOf(init);
  if (prototype === null || prototype === Object.prototype) return init;
  const members = init as Record<string, unknown>;
  const plain: Record<string, unknown> = {};
  for (const name in members) plain[name] = members[name];
  for (const name of INIT_MEMBERS) if (members[name] !== undefined) plain[name] = members[name];
  return plain;
}
