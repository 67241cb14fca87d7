import type { Check } from '../facts.ts';

interface Leak {
  readonly variable: string;
  /** What of its value is dangerous; undefined for harmless ones. */
  readonly find: (value: string) => string | undefined;
  readonly prints: string;
}

const HEADERS = 'the headers of requests, and so the key or the login';

const LEAKS: readonly Leak[] = [
  {
    variable: 'NODE_DEBUG',
    find: (value) => listed(value, /^(?:https?|http2|net|stream|tls|undici|fetch|\*)$/i),
    prints: HEADERS,
  },
  {
    variable: 'DEBUG',
    find: (value) =>
      listed(
        value,
        /^(?:\*|axios\*?|got\*?|follow-redirects|superagent\*?|node-vault\*?|request\*?|gaxios\*?|undici\*?)$/i,
      ),
    prints: HEADERS,
  },
  { variable: 'AZURE_LOG_LEVEL', find: (value) => listed(value, /^(?:verbose|info)$/i), prints: 'requests' },
  {
    variable: 'GRPC_TRACE',
    find: (value) => listed(value, /^(?:all|http|metadata|call_stream|transport\w*|subchannel\w*)$/i),
    prints: 'calls with their metadata, and so the login',
  },
  {
    variable: 'GOOGLE_SDK_NODE_LOGGING',
    find: (value) => listed(value, /^(?:\*|all|gaxios\S*|auth\S*|secretmanager\S*)$/i),
    prints: 'requests with their headers and answers, and so the key',
  },
  {
    variable: 'NODE_OPTIONS',
    find: (value) => /--tls-keylog\b/.exec(value)?.[0],
    prints: 'what is needed to decrypt recorded connections',
  },
];

/** Variables that make Node or an SDK write keys or logins into a log. */
export const debugOutput: Check = ({ io }) =>
  LEAKS.flatMap(({ variable, find, prints }) => {
    const found = find(io.env[variable] ?? '');
    if (found === undefined) return [];
    return [
      {
        id: 'debug-output',
        level: 'warning',
        title: `${variable} (${found}) writes ${prints}, into the log`,
        fix: `Unset ${variable}, or take ${found} out of it.`,
        at: variable,
      },
    ];
  });

/** The first entry of a list with commas or blanks. Those with a minus are left out by it. */
function listed(value: string, pattern: RegExp): string | undefined {
  return value.split(/[\s,]+/).find((entry) => pattern.test(entry));
}
