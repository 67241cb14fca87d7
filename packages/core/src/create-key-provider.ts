import type { ApiKey } from './api-key.ts';
import { createEventHub, tellSafely } from './event-hub.ts';
import { resolveKeyPolicy, type KeyProviderOptions } from './key-policy.ts';
import type { ManagedKeyProvider } from './key-provider.ts';
import { systemRuntime, type KeyRuntime } from './key-runtime.ts';
import type { KeySource } from './key-source.ts';
import { createKeyTeller } from './key-teller.ts';
import { createRefreshPolicy } from './refresh-policy.ts';
import { createWatchLoop } from './watch-loop.ts';

/** How long `close()` waits for the source's own close. */
const CLOSE_LIMIT_MS = 1000;

/**
 * The ready provider over one source. Creating it makes no I/O: the first read happens when somebody asks.
 *
 * @throws KeyError `invalid_config` when a policy option makes no sense.
 */
export function createKeyProvider(source: KeySource, options: KeyProviderOptions = {}): ManagedKeyProvider {
  const runtime = options.runtime ?? systemRuntime();
  const policy = resolveKeyPolicy(options);
  const events = createEventHub();
  if (options.onEvent) events.subscribe(options.onEvent);
  const teller = createKeyTeller(source, policy.maxAgeMs, events.emit);
  const refresh = createRefreshPolicy({
    source,
    policy,
    runtime,
    teller,
    environment: options.environment,
    together: events.together,
    onRawError: (raw) => tellSafely(options.onRawError, raw),
    onSuccess: () => policy.watch && watch.start(),
  });
  const watch = createWatchLoop(source, runtime, refresh.noteHint, () => {
    teller.warn('watch_failed', 'the watch ended with an error; it is started again');
  });
  let closing: Promise<void> | undefined;

  function close(): Promise<void> {
    closing ??= closeAll();
    return closing;
  }

  async function closeAll(): Promise<void> {
    watch.stop();
    refresh.close();
    await boundedClose(source, runtime);
  }

  return {
    name: source.name,
    getKey: (request?: { signal?: AbortSignal | undefined }): Promise<ApiKey> =>
      refresh.getKey(request?.signal),
    peek: refresh.peek,
    renew: (rejected, request) => refresh.renew(rejected, request?.signal),
    invalidate: refresh.invalidate,
    health: refresh.health,
    subscribe: events.subscribe,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Settles even when the source's close never does; what it throws is nobody's business any more. */
async function boundedClose(source: KeySource, runtime: KeyRuntime): Promise<void> {
  let cancel: (() => void) | undefined;
  const limit = new Promise<void>((resolve) => {
    cancel = runtime.setTimer(CLOSE_LIMIT_MS, resolve, true);
  });
  const closing = async (): Promise<void> => source.close?.();
  await Promise.race([limit, closing().catch(() => undefined)]);
  cancel?.();
}
