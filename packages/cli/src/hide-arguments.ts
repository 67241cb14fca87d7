import { KEY_SHAPE } from './key-shape.ts';

/** Longer than any command or option, and with something else than letters and dashes in it. */
const MAY_BE_SECRET = /^(?=.*[^a-z-]).{20,}$/;

/** True where a key itself was typed. Shells keep it in their history, and the system shows it in its process list. */
export function holdsKey(argv: readonly string[]): boolean {
  return argv.some((argument) => KEY_SHAPE.test(argument));
}

/** The text without what the user typed, where that may be a secret. */
export function hideArguments(text: string, argv: readonly string[]): string {
  return argv.reduce((shown, argument) => {
    const equals = argument.indexOf('=');
    const value = equals < 0 ? '' : argument.slice(equals + 1);
    const hidden = value === '' ? shown : shown.replaceAll(`=${value}`, '=…');
    return MAY_BE_SECRET.test(argument) ? hidden.replaceAll(argument, '…') : hidden;
  }, text);
}
