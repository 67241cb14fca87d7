import { KeyError } from '@magic-hour-keys/core';

/**
 * A key that a page can send is a key that its visitors can read.
 *
 * Edge workers, Deno and Bun are no browsers: none of them has both `window` and `document`, and a worker of a browser
 * alone has `importScripts` beside `WorkerGlobalScope`.
 *
 * @throws KeyError `unsupported`
 */
export function refuseBrowser(): void {
  const isPage = hasGlobal('window') && hasGlobal('document');
  const isWorker = hasGlobal('importScripts') && hasGlobal('WorkerGlobalScope') && !hasGlobal('Deno');
  if (!isPage && !isWorker) return;
  throw new KeyError({
    code: 'unsupported',
    message: 'a Magic Hour key must not be used in a browser, where everybody can read it',
    hint: 'Call the API from your server and let the page talk to that; in a test, use the node environment, not jsdom.',
  });
}

function hasGlobal(name: string): boolean {
  return (globalThis as Record<string, unknown>)[name] !== undefined;
}
