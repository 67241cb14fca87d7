import { median } from './statistics.mjs';

// One number from one process says little: the machine, the clock and the order all move it. So ours and its floor
// are timed turn by turn, each pair gives one ratio, and the median of the ratios is what is reported. The time is that
// of the processor: on a busy machine the clock on the wall counts what other processes do.

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
    const began = cpuMs();
    await loop(run, size);
    return cpuMs() - began;
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

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const WEIGHED_BYTES = 1_000_000;
const MOST_WEIGHED_RUNS = 20_000;

/** Few enough runs that nothing is collected meanwhile, and as many as that allows: the first one may do more. */
async function bytesPerRun(loop, run) {
  const estimate = await weighRuns(loop, run, { runs: 500, rounds: 5 });
  const runs = Math.min(MOST_WEIGHED_RUNS, Math.round(WEIGHED_BYTES / Math.max(1, estimate)));
  return Math.max(0, Math.round(await weighRuns(loop, run, { runs, rounds: 15 })));
}

async function weighRuns(loop, run, { runs, rounds }) {
  const bytes = await medianWeight(loop, run, { runs, rounds });
  return (bytes - (await medianWeight(loop, nothing, { runs: 1, rounds: 5 }))) / runs;
}

/** The median forgives the rounds where something was collected. */
async function medianWeight(loop, run, { runs, rounds }) {
  const weights = [];
  for (let round = 0; round < rounds; round++) {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    await loop(run, runs);
    weights.push(process.memoryUsage().heapUsed - before);
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
