import { channel } from 'node:diagnostics_channel';
import type { KeyEvent } from '../key-event.ts';
import type { ManagedKeyProvider } from '../key-provider.ts';

const PREFIX = 'magic-hour-keys:';
/** No event type may ever be called so. */
const EVERY_EVENT = 'event';

/**
 * Publishes the provider's events on `node:diagnostics_channel`, so that an agent for logs, metrics or traces can
 * listen without a line in the application. Call it once for each provider.
 *
 * Each event goes to two channels, first to the one that bears its type, then to the one for all:
 *
 * - `magic-hour-keys:resolved`, `:refreshed`, `:changed`, `:served-stale`, `:failed`, `:rejected`, `:renewed`,
 *   `:warning`, `:key-age`: whoever counts one thing hears of nothing else
 * - `magic-hour-keys:event`: also the types that later versions add, which no list of names can know
 *
 * The message is the `KeyEvent` itself: frozen, of strings, numbers and booleans only, never with a secret. Names and
 * messages are public: they change as the types do. A channel without a subscriber costs one comparison.
 *
 * A subscriber that throws disturbs neither the provider nor the other subscribers. But Node reports what it threw as
 * an `uncaughtException` of the process, which ends it where nobody handles that; no publisher can prevent it.
 * A subscriber that may fail catches its own errors.
 *
 * @returns the function that ends it; it can be called twice.
 */
export function publishKeyEvents(provider: Pick<ManagedKeyProvider, 'subscribe'>): () => void {
  const all = channel(PREFIX + EVERY_EVENT);
  return provider.subscribe((event: KeyEvent) => {
    const own = channel(PREFIX + event.type);
    if (own.hasSubscribers) own.publish(event);
    if (all.hasSubscribers) all.publish(event);
  });
}
