/** What curl is called with, once it has been looked through. */
export type CurlCall = CurlArguments | { readonly problem: string };

export interface CurlArguments {
  readonly arguments: readonly string[];
  readonly urls: readonly string[];
  /** Whether it goes where a redirect points. */
  readonly follows: boolean;
}

/**
 * The options of curl that may stand beside a key: those that can neither show it, nor send it to another host. All
 * others are refused, because curl has some 260, and gets more with each version.
 */
const WITH_VALUE = new Set([
  ...['-A', '-C', '-D', '-d', '-e', '-F', '-H', '-m', '-o', '-r', '-T', '-w', '-X', '-x', '-y', '-Y', '-z'],
  ...['--cacert', '--capath', '--connect-timeout', '--connect-to', '--data', '--data-ascii', '--data-binary'],
  ...['--data-raw', '--data-urlencode', '--dump-header', '--expect100-timeout', '--form', '--form-string'],
  ...[
    '--header',
    '--interface',
    '--json',
    '--keepalive-time',
    '--limit-rate',
    '--max-filesize',
    '--max-redirs',
  ],
  ...[
    '--max-time',
    '--noproxy',
    '--output',
    '--output-dir',
    '--proxy',
    '--proxy-cacert',
    '--range',
    '--referer',
  ],
  ...[
    '--request',
    '--resolve',
    '--retry',
    '--retry-delay',
    '--retry-max-time',
    '--speed-limit',
    '--speed-time',
  ],
  ...['--time-cond', '--tls-max', '--upload-file', '--url', '--url-query', '--user-agent', '--write-out'],
  '--continue-at',
]);
const WITHOUT_VALUE = new Set([
  ...['-#', '-4', '-6', '-f', '-G', '-g', '-I', '-i', '-J', '-L', '-N', '-O', '-R', '-S', '-s'],
  ...[
    '--compressed',
    '--create-dirs',
    '--fail',
    '--fail-early',
    '--fail-with-body',
    '--get',
    '--globoff',
    '--head',
  ],
  ...['--http1.1', '--http2', '--http3', '--include', '--ipv4', '--ipv6', '--location', '--no-buffer'],
  ...['--no-progress-meter', '--progress-bar', '--remote-header-name', '--remote-name', '--remote-time'],
  ...[
    '--retry-all-errors',
    '--retry-connrefused',
    '--show-error',
    '--silent',
    '--ssl-reqd',
    '--styled-output',
  ],
  ...['--tcp-nodelay', '--tlsv1.2', '--tlsv1.3'],
]);
/** Why some well-known options are refused. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ...['-v', '--verbose', '--trace', '--trace-ascii', '--trace-config', '--libcurl'].map(
    (name) => [name, 'it would write the key down'] as const,
  ),
  ...['-k', '--insecure', '--proxy-insecure', '--doh-insecure'].map(
    (name) => [name, 'it would send the key to whoever answers; name a CA with --cacert'] as const,
  ),
  ...['--location-trusted', '-K', '--config', '-:', '--next'].map(
    (name) => [name, 'it could send the key to another host'] as const,
  ),
  ...['-u', '--user', '--oauth2-bearer', '-n', '--netrc', '--netrc-optional', '--netrc-file'].map(
    (name) => [name, 'the key is the login already'] as const,
  ),
]);

/** Values that make an option read stdin. */
const READS_STDIN: readonly (readonly [option: RegExp, value: RegExp])[] = [
  [/^/, /^@-$/],
  [/^(?:-T|--upload-file)$/, /^[-.]$/],
  [/^--data-urlencode$/, /^[^=]*@-$/],
  [/^(?:-F|--form)$/, /[=,][@<]-(?:[;,]|$)/],
];

/** The arguments of the user, with the URLs told apart. Nothing of a value is ever quoted: it may be a secret. */
export function readCurlArguments(given: readonly string[]): CurlCall {
  const urls: string[] = [];
  const passed: string[] = [];
  let follows = false;
  const queue = splitOptions(given);
  for (let argument = queue.shift(); argument !== undefined; argument = queue.shift()) {
    if (!argument.startsWith('-') || argument === '-') {
      urls.push(argument);
      continue;
    }
    follows ||= argument === '-L' || argument === '--location';
    if (WITHOUT_VALUE.has(argument)) {
      passed.push(argument);
      continue;
    }
    if (!WITH_VALUE.has(argument)) return { problem: refusalOf(argument) };
    const value = queue.shift();
    if (value === undefined) return { problem: `${argument} needs a value` };
    const problem = judgeValue(argument, value);
    if (problem !== undefined) return { problem };
    if (argument === '--url') urls.push(value);
    else passed.push(argument, value);
  }
  if (urls.length === 0) return { problem: 'there is no URL among the arguments' };
  return { arguments: passed, urls, follows };
}

/** `-sSfLofile` as `-s -S -f -L -o file`. Long options of curl have their value in the next argument always. */
function splitOptions(given: readonly string[]): string[] {
  const split: string[] = [];
  let isValue = false;
  for (const argument of given) {
    const parts: readonly string[] = isValue || !/^-[^-]/.test(argument) ? [argument] : splitShort(argument);
    split.push(...parts);
    isValue = !isValue && WITH_VALUE.has(parts.at(-1) ?? '');
  }
  return split;
}

function splitShort(argument: string): string[] {
  const parts: string[] = [];
  for (let at = 1; at < argument.length; at++) {
    const option = `-${argument[at] ?? ''}`;
    parts.push(option);
    if (!WITH_VALUE.has(option)) continue;
    if (at + 1 < argument.length) parts.push(argument.slice(at + 1));
    break;
  }
  return parts;
}

function refusalOf(option: string): string {
  const name = /^(?:-[^-]|--[a-z][a-z\d.-]{1,24})$/.test(option) ? option : 'an option';
  const reason = REASONS.get(option) ?? 'it is not known to keep the key where it belongs';
  return `${name} is refused beside a key: ${reason}`;
}

function judgeValue(option: string, value: string): string | undefined {
  if (READS_STDIN.some(([options, values]) => options.test(option) && values.test(value))) {
    return `${option} would read stdin, by which the key goes to curl; put the data into a file`;
  }
  const isHeader = option === '-H' || option === '--header';
  if (isHeader && /^\s*(?:authorization\s*[:;]|@)/i.test(value)) {
    return `${option} would bring an Authorization of its own, or a file that may hold one; leave it out`;
  }
  return undefined;
}
