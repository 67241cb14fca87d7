/** Scheme, host, port and perhaps a path in front of `/v1`. Neither user nor query nor fragment. */
export const ADDRESS: RegExp = /^https?:\/\/(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?(?:\/[\w./~-]*)?$/;

const LOOPBACK =
  /^http:\/\/(?:localhost|[\w.-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?(?:\/|$)/i;

/** Whether a token sent there could be read on the way: http to any other machine than this one. */
export function isInsecureAddress(address: string): boolean {
  return /^http:/i.test(address) && !LOOPBACK.test(address);
}

/**
 * Where a standby node's redirect leads, or undefined if a token must not go there. Only the origin is taken from the
 * redirect: the same request goes to another node of the cluster. Allowed is the same origin, https on the same host,
 * and what was named.
 */
export function judgeRedirect(
  location: string | undefined,
  from: string,
  allowedOrigins: readonly string[],
): string | undefined {
  if (location === undefined || !URL.canParse(location, from)) return undefined;
  const target = new URL(location, from);
  const { origin, hostname, pathname, search } = new URL(from);
  const isSameHost = target.hostname === hostname && target.protocol === 'https:';
  const isNamed = allowedOrigins.some((allowed) => new URL(allowed).origin === target.origin);
  if (target.username !== '' || target.password !== '') return undefined;
  if (target.origin !== origin && !isSameHost && !isNamed) return undefined;
  return `${target.origin}${pathname}${search}`;
}
