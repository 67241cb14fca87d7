// What is known not to work, and why. A program that works again fails the run, so that nothing stays on the list.

/** `shows` is what the output says, so that another fault is not taken for it. */
const PROGRAMS = [
  {
    runtime: 'bun',
    part: 'refusal of .env',
    shows: /the runtime loaded \.env by itself/,
    why: 'Bun loads .env of the working directory into the environment; start it with --no-env-file',
  },
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

/** Tests of the suite, by their full names. Those that hang on time may pass now and then. */
const TESTS = [
  {
    runtime: 'bun',
    titles: /^Google Secret Manager conforms /,
    name: 'Google by gRPC',
    why: 'the stand-in is an HTTP/2 server, and that of Bun resets its streams; reads of one on Node work',
  },
  {
    runtime: 'deno',
    titles: / leaves no timer and no socket open after its end$/,
    name: 'the count of open sockets',
    why: 'the async hooks of Deno do not tell that a socket was closed; a server sees none open',
  },
  {
    runtime: 'deno',
    titles: /^Kubernetes \(API\) .* prints nothing, whatever happens$/,
    name: 'Kubernetes without a warning',
    why: 'Deno warns of the module punycode, which the SDK loads',
  },
];

export function findGap(runtime, part, item) {
  return PROGRAMS.find((gap) => gap.runtime === runtime && gap.part === part && gap.item === item);
}

export function listKnownTests(runtime) {
  return TESTS.filter((gap) => gap.runtime === runtime);
}
