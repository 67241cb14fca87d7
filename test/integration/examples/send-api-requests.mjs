// Loaded into the process of an example before it, with --import: sends what it fetches from the real API to a stand-in.
import { env } from 'node:process';

const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const asked = String(input);
  const response = await realFetch(asked.replace('https://api.magichour.ai', env.STAND_IN_OF_THE_API), init);
  // The answer comes from where it was asked; from elsewhere it would be that of a redirect, which renews no key.
  return Object.defineProperty(response, 'url', { value: asked });
};
