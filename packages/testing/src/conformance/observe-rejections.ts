/**
 * Notes promises that fail while nobody listens, instead of letting them end the process or the runner's run.
 *
 * @returns the function that ends it
 */
export function observeRejections(note: (reason: unknown) => void): () => void {
  const others = process.listeners('unhandledRejection');
  const onRejection = (reason: unknown): void => note(reason);
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', onRejection);
  return () => {
    process.off('unhandledRejection', onRejection);
    for (const listener of others) process.on('unhandledRejection', listener);
  };
}
