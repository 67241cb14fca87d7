import { watch as watchFolder } from 'node:fs';
import type { MountSettings } from '../options.ts';
import { findFile, findFolder } from './find-file.ts';

/** For folders that tell nothing, such as some network disks, and for notices that were lost. */
const POLL_MS = 30_000;

/**
 * Tells when another version than `seen()` is in place. The folder is watched, not the file: a watch of the file sees
 * the first swap of `..data` and is deaf from then on (measured on Node 20 and 24). Keeps no process alive.
 *
 * @param seen what the last read has seen, as `readMountedFile` names it
 * @returns when the signal is aborted
 */
export function watchMount(
  settings: MountSettings,
  seen: () => string | undefined,
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { runtime } = settings;
  let told = seen();
  let stopWatching: (() => void) | undefined;
  let cancelPoll: () => void = () => undefined;

  async function look(): Promise<void> {
    const identity = await identify(settings);
    const isNews = identity !== told && identity !== seen();
    told = identity;
    if (isNews && !signal.aborted) onChange();
  }

  async function listen(): Promise<void> {
    if (stopWatching) return;
    try {
      const folder = await findFolder(settings);
      // The abort may have come while the folder was looked for.
      if (signal.aborted || stopWatching) return;
      const watcher = watchFolder(folder, { persistent: false }, () => void look());
      stopWatching = () => watcher.close();
      watcher.on('error', () => {
        watcher.close();
        stopWatching = undefined;
      });
    } catch {
      // No such folder yet, or no more watches allowed: the poll goes on, and tries again.
    }
  }

  function poll(): void {
    cancelPoll = runtime.setTimer(
      POLL_MS,
      () => {
        void listen().then(look);
        poll();
      },
      false,
    );
  }

  return new Promise<void>((resolve) => {
    const end = (): void => {
      cancelPoll();
      stopWatching?.();
      resolve();
    };
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
    poll();
    // What was put into place between the read and this moment was told to nobody.
    void listen().then(look);
  });
}

async function identify(settings: MountSettings): Promise<string | undefined> {
  try {
    return (await findFile(settings)).identity;
  } catch {
    return undefined;
  }
}
