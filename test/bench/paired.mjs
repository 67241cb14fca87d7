import { performance } from 'node:perf_hooks';

// One number from one process says little: the machine, the clock and the order all move it. So ours and its floor
// are timed turn by turn, each pair gives one ratio, and the median of the ratios is what is reported.

const PAIRS = 60;
const BATCH_MS = 4;

/**
 * @typedef {{ run: () => unknown, isAsync?: boolean }} Candidate
 * @returns median ratio of ours to the floor, median nanoseconds and bytes of one operation of each
 */
export async function comparePaired(ours, floor) {
  const sides = [prepare(ours), prepare(floor)];
  for (const side of sides) await side.findBatchSize();
  const ratios = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    // Every other pair the floor goes first, so that neither always runs on the warmer cache.
    const order = pair % 2 === 0 ? sides : sides.toReversed();
    for (const side of order) await side.time();
    ratios.push(sides[0].times.at(-1) / sides[1].times.at(-1));
  }
  for (const side of sides) await side.weigh();
  return { ratio: median(ratios), ours: sides[0].result(), floor: sides[1].result(), pairs: PAIRS };
}

function prepare({ run, isAsync = false }) {
  const loop = compileLoop(isAsync);
  const times = [];
  let size = 1000;
  let bytes = 0;

  async function timeBatch() {
    const began = performance.now();
    await loop(run, size);
    return performance.now() - began;
  }

  return {
    times,
    async findBatchSize() {
      // The first rounds also give the compiler time to settle.
      for (let round = 0; round < 20; round++) {
        const ms = await timeBatch();
        size = Math.min(5_000_000, Math.max(1000, Math.round((size * BATCH_MS) / Math.max(ms, 0.05))));
      }
    },
    async time() {
      times.push(((await timeBatch()) * 1e6) / size);
    },
    async weigh() {
      bytes = await bytesPerRun(loop, run);
    },
    result: () => ({ ns: median(times), bytes }),
  };
}

/** Few enough runs that nothing is collected meanwhile; the median forgives the rounds where something was. */
async function bytesPerRun(loop, run) {
  const runs = 500;
  const weights = [];
  for (let round = 0; round < 41; round++) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    await loop(run, runs);
    weights.push((process.memoryUsage().heapUsed - before) / runs);
  }
  return Math.max(0, Math.round(median(weights) - (await emptyLoopBytes(loop, runs))));
}

async function emptyLoopBytes(loop, runs) {
  const weights = [];
  for (let round = 0; round < 11; round++) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    await loop(nothing, 1);
    weights.push((process.memoryUsage().heapUsed - before) / runs);
  }
  return median(weights);
}

function nothing() {}

/**
 * A loop of its own for each candidate: a shared one would see two functions, and be compiled for neither. What the
 * runs return is kept, or the compiler would leave them out.
 */
function compileLoop(isAsync) {
  const call = isAsync ? 'await run()' : 'run()';
  // oxlint-disable-next-line typescript/no-implied-eval
  return new Function(
    `return ${isAsync ? 'async ' : ''}function loop(run, times) {
       let last;
       for (let i = 0; i < times; i++) last = ${call};
       return last;
     }`,
  )();
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
