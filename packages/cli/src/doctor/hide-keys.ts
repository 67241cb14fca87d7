import type { DoctorFacts } from './facts.ts';
import { withoutKeys } from './key-shape.ts';

/** A file or an option may be named by a key, so nothing is shown that has not passed this. */
export function createHider({ environments }: DoctorFacts): (text: string) => string {
  const keys = environments.flatMap(({ links }) =>
    links.flatMap(({ answer }) => (answer.outcome === 'key' ? [answer.key] : [])),
  );
  return (text) =>
    keys.reduce((shown, key) => shown.replaceAll(key.reveal(), `[key …${key.last4}]`), withoutKeys(text));
}
