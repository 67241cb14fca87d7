/** How the keys of Magic Hour look. */
export const KEY_SHAPE: RegExp = /mhk_[a-z]+_[A-Za-z0-9]{16,}/;
const EVERY_KEY_SHAPE = new RegExp(KEY_SHAPE, 'g');

/** True for text that holds what looks like a key, other than what documentation shows. */
export function holdsKeyShape(text: string): boolean {
  return (text.match(EVERY_KEY_SHAPE) ?? []).some((key) => !isExampleKey(key));
}

/** What documentation shows: one or a few characters over and over. */
export function isExampleKey(key: string): boolean {
  return new Set(key.replace(/^mhk_[a-z]+_/, '')).size < 5;
}

/** A path or a name may hold a key, too. */
export function withoutKeys(text: string): string {
  return text.replaceAll(EVERY_KEY_SHAPE, '…');
}
