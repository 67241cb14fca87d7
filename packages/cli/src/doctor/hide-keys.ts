import { withoutKeys } from '../key-shape.ts';
import type { DoctorFacts } from './facts.ts';

/** All but the line break. A file may be named by what moves the cursor of a terminal. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** A file or an option may be named by a key, so nothing is shown that has not passed this. */
export function createHider({ environments }: DoctorFacts): (text: string) => string {
  const keys = environments.flatMap(({ links }) =>
    links.flatMap(({ answer }) => (answer.outcome === 'key' ? [answer.key] : [])),
  );
  return (text) =>
    keys
      .reduce((shown, key) => shown.replaceAll(key.reveal(), `[key …${key.last4}]`), withoutKeys(text))
      .replaceAll(CONTROL, '\uFFFD');
}
