const KEY_SHAPE = /mhk_[a-z]+_[A-Za-z0-9]{16,}/;
const EVERY_KEY_SHAPE = new RegExp(KEY_SHAPE, 'g');

/** True for text that holds what looks like a key of Magic Hour, other than what documentation shows. */
export function holdsKeyShape(text: string): boolean {
  return (text.match(EVERY_KEY_SHAPE) ?? []).some(
    (key) => new Set(key.replace(/^mhk_[a-z]+_/, '')).size >= 5,
  );
}

/** A path or a name may hold a key, too. */
export function withoutKeys(text: string): string {
  return text.replaceAll(EVERY_KEY_SHAPE, '…');
}
