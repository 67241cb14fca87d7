/**
 * Whether this fetch is known to take `Authorization` off when a redirect leaves the origin, as the Fetch standard
 * demands. Only the global fetch of Node is: that was tried for other ports, hosts, subdomains and schemes. node-fetch
 * keeps the header for other ports and subdomains, and Cloudflare's documentation says that Workers always keep it.
 *
 * A polyfill that was put in the place of the global fetch can't be told from it.
 */
export function isTrustedWithRedirects(given: unknown): boolean {
  return (given === undefined || given === globalThis.fetch) && isNode();
}

/** Bun, Deno and Workers report a Node version too, but name themselves; Node 20 has no navigator. */
function isNode(): boolean {
  const { navigator, process } = globalThis as {
    navigator?: { userAgent?: string };
    process?: { versions?: { node?: string } };
  };
  const agent = navigator?.userAgent;
  return process?.versions?.node !== undefined && (agent === undefined || agent.startsWith('Node.js/'));
}
