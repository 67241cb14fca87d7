import type { KeyErrorCode } from '@magic-hour-keys/core';
import { goesOn } from '../../goes-on.ts';
import type { Check, FailedAnswer, LinkFacts } from '../facts.ts';
import type { FindingId } from '../finding-ids.ts';
import type { Finding } from '../finding.ts';

type Failure = readonly [id: FindingId, title: (link: LinkFacts, answer: FailedAnswer) => string];

const FAILURES: Readonly<Partial<Record<KeyErrorCode, Failure>>> = {
  not_configured: ['key-missing', ({ title }) => `${title}: nothing is set up here`],
  not_found: ['key-missing', () => 'there is no key'],
  disabled: ['key-disabled', () => 'the key is switched off, expired or marked for deletion'],
  access_denied: [
    'permission-missing',
    ({ title, permission }) =>
      `${title} refuses access${permission ? `: the permission ${permission.name} is missing` : ''}`,
  ],
  unauthenticated: [
    'login-failed',
    ({ title, credentials }) =>
      `${title} does not know this login (${credentials.length > 0 ? `found: ${credentials.join(', ')}` : 'no credentials were found'})`,
  ],
  invalid_config: ['setting-wrong', ({ title }, { problem }) => problem ?? `a setting of ${title} is wrong`],
  throttled: ['store-throttled', ({ title }) => `${title} asks to slow down`],
  timeout: [
    'store-timeout',
    ({ title }, { durationMs }) => `${title} gave no answer within ${durationMs} ms`,
  ],
  unavailable: ['store-unreachable', describeUnreachable],
};

const FALLBACK: Failure = ['read-failed', ({ title }, { code }) => `${title} gave no key (${code})`];

/** What the sources said instead of giving a key. Of a chain, what stopped it; or all links, where none has a key. */
export const readFailures: Check = ({ environments }) =>
  environments.flatMap(({ name, links }) => {
    if (links.some(({ answer }) => answer.outcome === 'key')) return [];
    // Offline nothing is known of those that were not asked.
    const isOpen = links.some(({ answer }) => answer.outcome === 'not asked' && answer.because === 'offline');
    return links.flatMap((link) => {
      const { answer } = link;
      if (answer.outcome !== 'failed' || isToldElsewhere(link, answer)) return [];
      return isOpen && goesOn(answer.code) ? [] : [{ ...describeFailure(link, answer), environment: name }];
    });
  });

/** A package or a part of the login that is not there, or a value that is no key: those have checks of their own. */
function isToldElsewhere(link: LinkFacts, { code }: FailedAnswer): boolean {
  const { packages, isLocal, secretReferences, credentials } = link;
  const isMissing = packages.some(({ version, isNeeded }) => version === undefined && isNeeded);
  const lacksSecret = secretReferences.some(
    (reference) => !credentials.includes('env' in reference ? reference.env : reference.file),
  );
  if (code === 'unauthenticated') return lacksSecret;
  return code === 'invalid_key' || (code === 'invalid_config' && !isLocal && (isMissing || lacksSecret));
}

function describeFailure(link: LinkFacts, answer: FailedAnswer): Finding {
  const { code, hint = 'See each step with: mhk explain' } = answer;
  const [id, describe] = FAILURES[code] ?? FALLBACK;
  const policy = code === 'access_denied' ? link.permission?.policy : undefined;
  return {
    id,
    level: 'error',
    title: describe(link, answer),
    fix: policy === undefined ? hint : `${hint}\n${policy}`,
    at: `${link.name} (${link.location})`,
  };
}

function describeUnreachable({ title, endpoint, reach }: LinkFacts): string {
  if (endpoint === undefined || reach === undefined) return `${title} can not be reached`;
  const isName = reach.dnsMs === undefined && /[a-z]/i.test(reach.host);
  if (reach.connectMs !== undefined) return `${title} at ${endpoint.host} is reached, and fails to answer`;
  return `${title} can not be reached: ${endpoint.host} ${isName ? 'is not found, or does not answer' : 'does not answer'}`;
}
