import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { IDEAL, oursWith, PEERS } from './contenders.mjs';
import { median } from './statistics.mjs';
import { digits } from './table.mjs';

const ROUNDS = 3;
const FROZEN_MS = 3000;
const LATER_MS = 500;
const HARD_LIMIT_MS = 2000;
const BLOCKED_MS = 100;
/** The rows stand still most of the time; what they do not share is the moment of going on. */
const APART_MS = 150;
const PROCESS = fileURLToPath(new URL('./freeze-process.mjs', import.meta.url));

const ours = oursWith();
const oursBounded = oursWith({ maxStaleMs: HARD_LIMIT_MS }, `ours (maxStale ${HARD_LIMIT_MS / 1000} s)`);

/** Serverless platforms and laptops stop a process; a get is already waiting when it goes on. */
export const freeze = {
  name: 'freeze',
  title: `stopped for ${FROZEN_MS / 1000} s, TTL 1 s, a loader of 200 ms; median of ${ROUNDS} rounds`,
  rows: [
    IDEAL,
    { ...ours, wanted: '0 blocked', isReached: ({ waits }) => waits.every((ms) => ms <= BLOCKED_MS) },
    {
      ...oursBounded,
      wanted: `no key older than ${HARD_LIMIT_MS / 1000} s`,
      isReached: ({ ages }) => ages.every((ms) => ms <= HARD_LIMIT_MS),
    },
    ...PEERS,
  ],
  measureTogether: (rows) =>
    Promise.all(
      rows.map(async (row, at) => {
        await sleep(at * APART_MS);
        return measure(row).catch((error) => ({ failure: error.message }));
      }),
    ),
  columns: ({ ages, waits, laterAges }) => ({
    'age of the key in the first get ms': digits(median(ages)),
    'its wait ms': digits(median(waits)),
    [`age ${LATER_MS} ms later`]: digits(median(laterAges)),
  }),
};

async function measure({ name }) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await freezeOnce(name));
  return {
    ages: rounds.map(({ first }) => first.ageMs),
    waits: rounds.map(({ first }) => first.waitMs),
    laterAges: rounds.map(({ later }) => later.ageMs),
  };
}

async function freezeOnce(name) {
  const child = fork(PROCESS, [name], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  // A stopped child would outlive this process.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  try {
    await answerOf(child);
    child.kill('SIGSTOP');
    await sleep(FROZEN_MS / 2);
    child.send('get');
    await sleep(FROZEN_MS / 2);
    child.kill('SIGCONT');
    const first = await answerOf(child);
    await sleep(LATER_MS);
    child.send('get');
    return { first, later: await answerOf(child) };
  } finally {
    process.off('exit', end);
    end();
  }
}

async function answerOf(child) {
  const aborter = new AbortController();
  const { signal } = aborter;
  try {
    const ended = once(child, 'exit', { signal }).then(() => {
      throw new Error('the process ended without an answer');
    });
    const [answer] = await Promise.race([once(child, 'message', { signal }), ended]);
    return answer;
  } finally {
    aborter.abort();
  }
}
