import { createHook } from 'node:async_hooks';

/** What can keep a process alive, or wake it up later, by the names of Node's async hooks. */
const KINDS: Readonly<Record<string, string>> = {
  Timeout: 'a timer',
  TCPWRAP: 'a socket',
  TCPSERVERWRAP: 'a server',
  PIPEWRAP: 'a pipe',
  PIPESERVERWRAP: 'a server on a pipe',
  UDPWRAP: 'a UDP socket',
  FSEVENTWRAP: 'a file watch',
  STATWATCHER: 'a file watch',
  PROCESSWRAP: 'a child process',
  WORKER: 'a worker thread',
};

export interface HandleObservation {
  /** What was opened inside the scope and is open still, such as `"a socket"`. */
  readonly open: () => readonly string[];
  stop(): void;
}

/** Also sees timers that are unref'd: they keep no process alive, and run on in a closed provider all the same. */
export function observeHandles(isInside: () => boolean): HandleObservation {
  const open = new Map<number, string>();
  const hook = createHook({
    init(id, type) {
      const kind = KINDS[type];
      if (kind !== undefined && isInside()) open.set(id, kind);
    },
    destroy: (id) => void open.delete(id),
  });
  hook.enable();
  return { open: () => [...open.values()], stop: () => void hook.disable() };
}
