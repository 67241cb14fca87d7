import type { KeyEvent } from '@magic-hour-keys/core';
import type { StoredVersion } from './scheduled-store.ts';

/** I12: an event is frozen, has fields of plain types, and none of them holds a key. */
export function checkEvent(
  event: KeyEvent,
  versions: readonly StoredVersion[],
  blame: (text: string) => void,
): void {
  if (!Object.isFrozen(event)) blame('I12: an event can be changed');
  const fields: readonly unknown[] = Object.values(event);
  if (!fields.every((field) => ['string', 'number', 'boolean'].includes(typeof field))) {
    blame(`I12: ${event.type} has a field that is not plain`);
  }
  const text = JSON.stringify(event);
  if (versions.some(({ value }) => value !== undefined && text.includes(value))) {
    blame(`I12: ${event.type} holds a key`);
  }
}
