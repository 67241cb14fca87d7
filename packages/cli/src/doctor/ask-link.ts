import {
  createKeyProvider,
  isKeyError,
  type KeyError,
  type KeyPolicy,
  type KeySource,
} from '@magic-hour-keys/core';
import type { FailedAnswer, KeyAnswer } from './facts.ts';

/** Reads the key as the application does; over a network twice, because the first time the SDK and the login count. */
export async function askLink(
  source: KeySource,
  { policy, isLocal }: { readonly policy: KeyPolicy; readonly isLocal: boolean },
): Promise<KeyAnswer | FailedAnswer> {
  const warnings: { code: string; message: string }[] = [];
  let origin = source.location;
  const provider = createKeyProvider(source, {
    ...policy,
    watch: false,
    onEvent(event) {
      if (event.type === 'warning') warnings.push({ code: event.code, message: event.message });
      if (event.type === 'resolved') origin = event.location;
    },
  });
  const began = performance.now();
  try {
    const key = await provider.getKey();
    const firstReadMs = since(began);
    const secondReadMs = isLocal ? undefined : await readAgain();
    return { outcome: 'key', key, origin, warnings, firstReadMs, secondReadMs };
  } catch (error) {
    if (!isKeyError(error)) throw error;
    return describeFailure(error, since(began));
  } finally {
    await provider.close();
  }

  /** Undefined where the key in memory had to serve. */
  async function readAgain(): Promise<number | undefined> {
    provider.invalidate();
    const beganAgain = performance.now();
    await provider.getKey();
    return provider.health().lastErrorCode === undefined ? since(beganAgain) : undefined;
  }
}

function describeFailure({ code, message, location, hint }: KeyError, durationMs: number): FailedAnswer {
  // `aws (prod/magic-hour): the stored value is empty [invalid_key]. Store …`
  const [, problem] = new RegExp(`^(?:[\\w-]+ \\([^[]*?\\): )?([^[]*) \\[${code}\\]`).exec(message) ?? [];
  return { outcome: 'failed', code, origin: location, problem, hint, durationMs };
}

function since(began: number): number {
  return Math.round(performance.now() - began);
}
