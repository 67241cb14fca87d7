// Sends, by every client of the table, one request that succeeds, one that is refused, one that finds nobody and one
// that gets no answer, each client with a key of its own. The test runs it under NODE_DEBUG and DEBUG, and looks for
// the keys in what it prints and in the file of what it would have logged.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit } from 'node:process';
import { inspect } from 'node:util';
import { createHandWrittenProvider } from '../../../unit/http/hand-written-provider.ts';
import { ALL_CLIENTS_AND_SDKS } from '../clients/all-clients.ts';
import type { ClientUnderTest } from '../clients/client-under-test.ts';
import { usualClients } from '../clients/usual-clients.ts';
import {
  END_OF_DEBUG_OUTPUT,
  OUTCOMES,
  type DebugRun,
  type LoggedOutcome,
  type Outcome,
} from './debug-run.ts';

const { origin, gone, keys, loggedFile } = JSON.parse(readFileSync(argv[2] ?? '', 'utf8')) as DebugRun;

const URLS: Readonly<Record<Outcome, string>> = {
  success: `${origin}/ok`,
  '401': `${origin}/refused`,
  refused: `${gone}/`,
  'time-out': `${origin}/silent`,
};

async function sendAll(client: ClientUnderTest): Promise<[outcome: Outcome, raw: unknown][]> {
  const provider = createHandWrittenProvider({ value: keys[client.name], renew: async () => undefined });
  const options = { allowedOrigins: [origin, gone], allowInsecureLoopback: true };
  const opened = await client.open(provider, options);
  const send = (outcome: Outcome, timeoutMs?: number): Promise<unknown> =>
    opened.send(URLS[outcome], { timeoutMs }).then(
      (answer) => answer.raw,
      (error: unknown) => error,
    );
  // The key has to be on its way before the time is over, which a busy machine may need more of.
  const sendInVain = async (timeoutMs: number): Promise<unknown> => {
    const raw = await send('time-out', timeoutMs);
    return (await hasArrived()) ? raw : sendInVain(timeoutMs * 4);
  };
  const ended: [Outcome, unknown][] = [];
  for (const outcome of OUTCOMES) {
    ended.push([outcome, await (outcome === 'time-out' ? sendInVain(50) : send(outcome))]);
  }
  await opened[Symbol.asyncDispose]();
  return ended;
}

/** Whether a request has come that got no answer, since this was asked the last time. */
async function hasArrived(): Promise<boolean> {
  const answer = await fetch(`${origin}/has-silent`);
  return (await answer.text()) === 'true';
}

/** As loggers do it, which leave out what they have seen already. */
function toJson(value: unknown): string {
  const seen = new Set<unknown>();
  const text: unknown = JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === 'bigint') return String(member);
    if (typeof member !== 'object' || member === null) return member;
    if (seen.has(member)) return undefined;
    seen.add(member);
    return member;
  });
  return String(text);
}

function stacksOf(value: unknown): string {
  return value instanceof Error ? `${value.stack}\n${stacksOf(value.cause)}` : '';
}

const logged: LoggedOutcome[] = [];
const all: unknown[] = [];
for (const client of [...ALL_CLIENTS_AND_SDKS, ...usualClients]) {
  for (const [outcome, raw] of await sendAll(client)) {
    const texts = { inspect: inspect(raw), JSON: toJson(raw), stack: stacksOf(raw) };
    logged.push({ client: client.name, outcome, texts });
    all.push(raw);
  }
}
writeFileSync(loggedFile, JSON.stringify(logged));
// What comes before is what Node and the clients print by themselves.
console.error(END_OF_DEBUG_OUTPUT);
for (const raw of all) {
  console.log(raw);
  console.error(raw);
}
exit();
