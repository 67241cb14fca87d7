// What is known not to work, and why. A program here that works again fails the run, so that nothing stays on the list.

/** `shows` is what its output says, so that another fault is not taken for it. */
export const KNOWN_GAPS = [
  {
    runtime: 'bun',
    part: 'clients',
    item: 'undici',
    shows: /compose is not a function/,
    why: 'Bun puts a module of its own in the place of undici, which has no dispatchers; createFetch works',
  },
  {
    runtime: 'bun',
    part: 'clients',
    item: 'magic-hour',
    shows: /the request did not have the key once/,
    why: 'Bun puts its own fetch in the place of node-fetch, by which the SDK sends, and that knows no agents',
  },
];

export function findGap(runtime, part, item) {
  return KNOWN_GAPS.find((gap) => gap.runtime === runtime && gap.part === part && gap.item === item);
}
