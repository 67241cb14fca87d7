import type { DoctorFacts, EnvironmentFacts, LinkFacts } from '../facts.ts';

/** Every source of the environments that are looked at. */
export function linksOf({
  environments,
}: DoctorFacts): readonly { readonly environment: EnvironmentFacts; readonly link: LinkFacts }[] {
  return environments.flatMap((environment) => environment.links.map((link) => ({ environment, link })));
}

/** Whether one of the environments uses this backend. */
export function uses(facts: DoctorFacts, source: string): boolean {
  return linksOf(facts).some(({ link }) => link.name === source);
}
