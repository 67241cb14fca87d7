/** What stands behind the hosts, such as `:41234`; an empty text is the default port. */
export interface RedirectPorts {
  /** Of the API and of every other host that speaks https. */
  readonly api?: string | undefined;
  /** Another one that speaks https. Default `":8443"`. */
  readonly other?: string | undefined;
  /** One that speaks http. */
  readonly plain?: string | undefined;
}

/**
 * The 12 kinds of place to which the API, or somebody who speaks for it, could send a client, and to which the key must
 * not go along: by name, as the `Location` of a redirect.
 */
export function listRedirectTargets(ports: RedirectPorts = {}): Readonly<Record<string, string>> {
  const { api = '', other = ':8443', plain = '' } = ports;
  const back = encodeURIComponent(`https://api.magichour.ai${api}/next`);
  return {
    'another port': `https://api.magichour.ai${other}/next`,
    'another host': `https://evil.test${api}/next`,
    'a subdomain': `https://files.api.magichour.ai${api}/next`,
    'the parent domain': `https://magichour.ai${api}/next`,
    'a sibling': `https://files.magichour.ai${api}/next`,
    'a host that begins like the API': `https://api.magichour.ai.evil.test${api}/next`,
    'the same host with a dot at its end': `https://api.magichour.ai.${api}/next`,
    'the same host over plain http': `http://api.magichour.ai${plain}/next`,
    'another host over plain http': `http://evil.test${plain}/next`,
    'another host, without a scheme': `//evil.test${api}/next`,
    'another host, with the API as user name': `https://api.magichour.ai@evil.test${api}/next`,
    'another host, and back': `https://evil.test${api}/go?to=${back}`,
  };
}
