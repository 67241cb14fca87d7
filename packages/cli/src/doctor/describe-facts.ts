import { describeEnvironment, describePath } from '../environment-text.ts';
import type { DoctorFacts, EnvironmentFacts, LinkFacts, ReachFacts } from './facts.ts';

export interface FactLine {
  readonly label: string;
  readonly text: string;
}

const DAY_MS = 86_400_000;

/** What was looked at. */
export function describeFacts({ config, environments, probes, io }: DoctorFacts): readonly FactLine[] {
  const { file, environment } = config;
  return [
    line('config', file === undefined ? 'none; the environment and .env are read' : describePath(file, io)),
    line('environment', environment ? describeEnvironment(environment) : 'not chosen'),
    ...environments.flatMap((found) => describeLinks(found, environments.length > 1)),
    ...probes.map(({ last4, result }) => line('API', `key …${last4}: ${result.detail}`)),
  ];
}

function describeLinks({ name, links }: EnvironmentFacts, isOneOfMany: boolean): readonly FactLine[] {
  return [
    ...(isOneOfMany ? [line('', ''), line(name, '')] : []),
    ...links.flatMap((link) => [line(link.name, describeLink(link)), ...describeWay(link)]),
  ];
}

function describeLink({ answer, location }: LinkFacts): string {
  switch (answer.outcome) {
    case 'key': {
      const { key, origin, firstReadMs, secondReadMs } = answer;
      const stored = key.createdAt && Math.floor((Date.now() - key.createdAt.getTime()) / DAY_MS);
      const parts = [
        `key …${key.last4}`,
        ...(key.version === undefined ? [] : [`version ${key.version}`]),
        ...(stored === undefined ? [] : [`stored ${describeDays(stored)}`]),
        secondReadMs === undefined
          ? `read in ${firstReadMs} ms`
          : `read in ${secondReadMs} ms (${firstReadMs} ms with SDK and login)`,
      ];
      return `${parts.join(', ')}, ${origin}`;
    }
    case 'failed':
      return `${answer.code}, ${answer.durationMs} ms (${location})`;
    case 'not asked':
      return `not asked${answer.because === 'offline' ? ' offline' : ''} (${location})`;
  }
}

function describeDays(days: number): string {
  if (days < 1) return 'today';
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

/** How the store is reached, and what one logs in with. */
function describeWay({ isLocal, credentials, reach, packages }: LinkFacts): readonly FactLine[] {
  if (isLocal) return [];
  const installed = packages.flatMap(({ name, version }) =>
    version === undefined ? [] : [`${name} ${version}`],
  );
  return [
    ...(installed.length > 0 ? [line('', installed.join(', '))] : []),
    ...(credentials.length > 0 ? [line('', `login: ${credentials.join(', ')}`)] : []),
    ...(reach === undefined ? [] : [line('', describeReach(reach))]),
  ];
}

function describeReach({ host, dnsMs, connectMs, tlsMs }: ReachFacts): string {
  const steps = Object.entries({ DNS: dnsMs, TCP: connectMs, TLS: tlsMs }).flatMap(([name, ms]) =>
    ms === undefined ? [] : [`${name} ${ms}`],
  );
  return `${host}: ${steps.length === 0 ? 'not reached' : `${steps.join(', ')} ms`}`;
}

function line(label: string, text: string): FactLine {
  return { label, text };
}
