import type { DoctorFacts, EnvironmentFacts, LinkFacts } from './facts.ts';
import type { Finding } from './finding.ts';

/** The same members each time; what is not known is null. */
export function toJson(facts: DoctorFacts, findings: readonly Finding[], ok: boolean): unknown {
  const { config, environments } = facts;
  return {
    ok,
    config: config.file ?? null,
    environment: config.environment?.name ?? null,
    environmentFrom: config.environment?.from ?? null,
    environments: environments.map((environment) => environmentToJson(environment, facts)),
    findings: findings.map(({ id, level, title, fix, at, environment }) => ({
      id,
      level,
      title,
      fix,
      at: at ?? null,
      environment: environment ?? null,
    })),
  };
}

function environmentToJson({ name, links }: EnvironmentFacts, { probes }: DoctorFacts): unknown {
  const used = links.findIndex(({ answer }) => answer.outcome === 'key');
  return {
    name,
    used: used < 0 ? null : used,
    probe: probes.find(({ environment }) => environment === name)?.result.verdict ?? null,
    sources: links.map(linkToJson),
  };
}

function linkToJson({ name, location, answer, packages, credentials, reach }: LinkFacts): unknown {
  const key = answer.outcome === 'key' ? answer : undefined;
  return {
    source: name,
    location,
    outcome: answer.outcome === 'failed' ? answer.code : answer.outcome,
    origin: key?.origin ?? null,
    last4: key?.key.last4 ?? null,
    version: key?.key.version ?? null,
    createdAt: key?.key.createdAt?.toISOString() ?? null,
    packages: packages.map((found) => ({
      name: found.name,
      version: found.version ?? null,
      range: found.range,
    })),
    credentials,
    host: reach?.host ?? null,
    dnsMs: reach?.dnsMs ?? null,
    connectMs: reach?.connectMs ?? null,
    tlsMs: reach?.tlsMs ?? null,
    firstReadMs: key?.firstReadMs ?? null,
    readMs: key?.secondReadMs ?? null,
  };
}
