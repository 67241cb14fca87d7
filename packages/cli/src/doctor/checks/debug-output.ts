import type { Check, DoctorFacts } from '../facts.ts';

type Variables = DoctorFacts['io']['env'];

interface Leak {
  readonly variable: string;
  /** What of its value turns it on. */
  readonly find: (value: string, env: Variables) => string | undefined;
  readonly prints: string;
}

/** Measured: each of them printed a token or a key. */
const LEAKS: readonly Leak[] = [
  {
    variable: 'NODE_DEBUG',
    find: (value) => listed(value, /^(?:https?|net|tls|stream|\*)$/i),
    prints: 'the headers of requests, and so logins and keys,',
  },
  {
    variable: 'DEBUG',
    find: (value) => listed(value, /^(?:\*|(?:axios|follow-redirects|node-vault|superagent)(?::.*)?\*?)$/i),
    prints: 'requests, and so logins and keys,',
  },
  {
    variable: 'GOOGLE_SDK_NODE_LOGGING',
    find: (value) => listed(value, /^(?!-).+$/),
    prints: 'the answers of Secret Manager, and so the key,',
  },
  {
    variable: 'NODE_OPTIONS',
    find: (value) => /--tls-keylog\b/.exec(value)?.[0],
    prints: 'what decrypts recorded connections',
  },
];

/** Measured: they printed requests, and neither a token nor a key. The next version of the SDK may do otherwise. */
const TALKATIVE: readonly Leak[] = [
  {
    variable: 'AZURE_LOG_LEVEL',
    find: (value) => listed(value, /^verbose$/i),
    prints: 'the requests of the Azure SDK',
  },
  {
    variable: 'GRPC_TRACE',
    find: (value, env) =>
      /^debug$/i.test(env['GRPC_NODE_VERBOSITY'] ?? env['GRPC_VERBOSITY'] ?? '')
        ? listed(value, /^(?!-).+$/)
        : undefined,
    prints: 'the calls of the Google SDK',
  },
];

/** Variables that make Node or an SDK write keys or logins into a log. */
export const debugOutput: Check = ({ io: { env } }) => [
  ...found(LEAKS, env).map(({ variable, value, prints }) => ({
    id: 'debug-output' as const,
    level: 'warning' as const,
    title: `${variable} (${value}) writes ${prints} into the log`,
    fix: `Unset ${variable}, or take ${value} out of it.`,
    at: variable,
  })),
  ...found(TALKATIVE, env).map(({ variable, value, prints }) => ({
    id: 'debug-output-sdk' as const,
    level: 'note' as const,
    title: `${variable} (${value}) writes ${prints} into the log; no login was seen there`,
    fix: `Unset ${variable} in production.`,
    at: variable,
  })),
];

function found(leaks: readonly Leak[], env: Variables) {
  return leaks.flatMap(({ variable, find, prints }) => {
    const value = find(env[variable] ?? '', env);
    return value === undefined ? [] : [{ variable, value: printable(value), prints }];
  });
}

/** The first entry of a list with commas or blanks. */
function listed(value: string, pattern: RegExp): string | undefined {
  return value.split(/[\s,]+/).find((entry) => entry !== '' && pattern.test(entry));
}

/** A variable may hold anything, by mistake. */
function printable(value: string): string {
  return /^[\w*:-]{1,30}$/.test(value) ? value : '…';
}
