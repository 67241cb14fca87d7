import { spawn } from 'node:child_process';
import { median } from './statistics.mjs';

const FEWEST_ROUNDS = 30;
const MOST_ROUNDS = 60;
const ENOUGH_MS = 20_000;

/** Nothing of the caller's: a key, an environment's name or an option for Node would change what is measured. */
const ENVIRONMENT = { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot };

/** The last line of a program that is measured: the milliseconds and the processor time since its start. */
export const MARK = `
const { user, system } = process.cpuUsage();
process.stdout.write([performance.now(), (user + system) / 1000].join(' '));
`;

/**
 * Starts each program once a round, so that those that are compared ran side by side on the same machine at the same
 * time. Which one goes first changes from round to round. There are 60 rounds, or as many as 20 seconds allow, but
 * never fewer than 30.
 *
 * @param programs `{ path, folder }`; each ends with `MARK`
 * @returns for each program what its rounds took: `markMs` and `cpuMs` up to the mark, `wallMs` from spawn to exit
 */
export async function runRounds(programs) {
  const runs = programs.map(() => []);
  for (const program of programs) await runOnce(program);
  const began = performance.now();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (round >= FEWEST_ROUNDS && performance.now() - began > ENOUGH_MS) break;
    const order = programs.map((_, at) => (at + round) % programs.length);
    if (round % 2 === 1) order.reverse();
    for (const at of order) runs[at].push(await runOnce(programs[at]));
  }
  return runs;
}

/**
 * The medians over the rounds of a program and of how it compares with another. The clock also counts other
 * processes, and processor time also counts what ran beside the main thread; neither counts too little, so the
 * verdict is on the smaller one.
 */
export function compareRounds(runs, others) {
  const of = (measure) => median(runs.map((run) => run[measure]));
  const more = (measure) => median(runs.map((run, round) => run[measure] - others[round][measure]));
  const ratio = (measure) => median(runs.map((run, round) => run[measure] / others[round][measure]));
  return {
    rounds: runs.length,
    markMs: of('markMs'),
    cpuMs: of('cpuMs'),
    wallMs: of('wallMs'),
    moreMs: more('markMs'),
    moreCpuMs: more('cpuMs'),
    ratio: ratio('markMs'),
    cpuRatio: ratio('cpuMs'),
  };
}

function runOnce({ path, folder }) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [path], {
      cwd: folder,
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    child.once('close', (code) => {
      const wallMs = performance.now() - began;
      const [markMs, cpuMs] = out
        .slice(out.lastIndexOf('\n') + 1)
        .split(' ')
        .map(Number);
      if (code === 0 && markMs > 0 && cpuMs > 0) resolve({ wallMs, markMs, cpuMs });
      else reject(new Error(/.*Error.*/.exec(said)?.[0] ?? `${path} ended with ${code}`));
    });
  });
}
