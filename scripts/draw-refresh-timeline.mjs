// Draws docs/decisions/refresh-policy.svg from a simulated run of the real refresh policy on a manual clock, so that
// the picture can't drift from the code. `--check` fails when the committed picture is another one.
import { readFile, writeFile } from 'node:fs/promises';
import { createKeyProvider } from '@magic-hour-keys/core';
import { createManualClock, createMemorySource } from '@magic-hour-keys/testing';

const MINUTE = 60_000;
const STEP_MS = 10_000;
const END_MINUTES = 200;
const FILE = new URL('../docs/decisions/refresh-policy.svg', import.meta.url);

/** Where time begins in the picture, and how wide all of it is. */
const LEFT = 110;
const WIDTH = 760;
const STATE_COLOURS = {
  empty: '#e2e2e2',
  fresh: '#3a9d5d',
  aged: '#b5d99c',
  failing: '#f0b429',
  stale: '#d64545',
};
const KEY_COLOURS = { K1: '#4c78a8', K2: '#8e6bbf', K3: '#d98a3d', none: '#d64545' };

/** What the world does to us, by minute. */
const SCRIPT = [
  { minute: 22, label: 'new key stored, old one still valid', run: (world) => world.rotate() },
  { minute: 45, label: 'store down for 35 min', run: (world) => world.source.fail('unavailable') },
  { minute: 80, run: (world) => world.source.heal() },
  { minute: 100, label: 'key revoked, new one stored', run: (world) => world.revokeAndRotate() },
  {
    minute: 120,
    label: 'store down for longer than maxStale (1 h)',
    run: (world) => world.source.fail('unavailable'),
  },
  { minute: 190, run: (world) => world.source.heal() },
];

const samples = await simulate();
const svg = draw(samples);
if (process.argv.includes('--check')) {
  if ((await readFile(FILE, 'utf8')) !== svg) {
    console.error(
      'docs/decisions/refresh-policy.svg is not what the code does: run node scripts/draw-refresh-timeline.mjs',
    );
    process.exit(1);
  }
} else {
  await writeFile(FILE, svg);
}

/** One request every ten seconds; each sample is what that request met. */
async function simulate() {
  const clock = createManualClock({ seed: 7 });
  const source = createMemorySource();
  const provider = createKeyProvider(source, { runtime: clock.runtime, maxStaleMs: 60 * MINUTE });
  const accepted = new Map([[source.current, 'K1']]);
  const names = new Map(accepted);
  const world = {
    source,
    rotate() {
      const name = `K${names.size + 1}`;
      const value = source.rotate();
      names.set(value, name);
      accepted.set(value, name);
    },
    revokeAndRotate() {
      accepted.delete(source.current);
      world.rotate();
    },
  };
  const events = [...SCRIPT];
  const taken = [];
  const startMs = clock.monotonicMs();
  for (let minute = 0; minute <= END_MINUTES; minute = (clock.monotonicMs() - startMs) / MINUTE) {
    while (events.length > 0 && events[0].minute <= minute) events.shift().run(world);
    taken.push({ minute, ...(await request({ provider, source, accepted, names, clock })) });
    await clock.advance(STEP_MS);
  }
  await provider.close();
  return taken;
}

async function request({ provider, source, accepted, names, clock }) {
  const readsBefore = source.reads.length;
  const state = provider.health().state;
  let key = provider.peek();
  if (!key) {
    const asked = provider.getKey().catch(() => undefined);
    // Long enough for the retries of a read that somebody waits for.
    await clock.advance(1000);
    key = await asked;
  }
  const rejected = key !== undefined && !accepted.has(key.reveal());
  if (rejected) key = await provider.renew(key);
  await clock.settle();
  const reads = source.reads.length - readsBefore;
  const failed = provider.health().lastErrorCode !== undefined;
  return { state, key: key && names.get(key.reveal()), rejected, reads, failed };
}

function draw(taken) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 270" font-family="sans-serif" font-size="11" fill="#333">
<title>A key's life: fresh, aged, rotation, outage, revocation, and an outage longer than maxStale</title>
<rect width="900" height="270" fill="#fff"/>
${drawNotes()}
<text x="8" y="84">state of the key</text>
${drawBars(taken, 70, (sample) => STATE_COLOURS[sample.state])}
<text x="8" y="124">key in use</text>
${drawBars(taken, 110, (sample) => KEY_COLOURS[sample.key ?? 'none'])}
${drawKeyNames(taken)}
<text x="8" y="164">store reads</text>
${drawReads(taken)}
<text x="8" y="199">401 seen, replayed</text>
${drawRejections(taken)}
${drawMinutes()}
${drawLegend()}
<text x="${LEFT + 380}" y="256">one request every 10 s; a red tick is a read that failed</text>
</svg>
`;
}

function xOf(minute) {
  return (LEFT + (minute / END_MINUTES) * WIDTH).toFixed(1);
}

/** What the script does, as dashed lines with a remark at two heights, so that neighbours do not overlap. */
function drawNotes() {
  return SCRIPT.filter(({ label }) => label)
    .map(({ minute, label }, index) => {
      const x = xOf(minute);
      const lower = (index % 2) * 16;
      return `<line x1="${x}" x2="${x}" y1="${30 + lower}" y2="210" stroke="#999" stroke-dasharray="3 3"/>
<text x="${Number(x) + 4}" y="${28 + lower}">${label}</text>`;
    })
    .join('\n');
}

function drawBars(taken, y, colourOf) {
  const step = STEP_MS / MINUTE;
  return runsOf(taken, colourOf)
    .map(({ from, to, value }) => {
      const width = (xOf(to + step) - xOf(from)).toFixed(1);
      return `<rect x="${xOf(from)}" y="${y}" width="${width}" height="20" fill="${value}"/>`;
    })
    .join('\n');
}

function drawKeyNames(taken) {
  return runsOf(taken, (sample) => sample.key ?? 'error')
    .filter(({ from, to }) => to - from > 5)
    .map(({ from, to, value }) => {
      const x = xOf((from + to) / 2);
      return `<text x="${x}" y="124" text-anchor="middle" fill="#fff">${value}</text>`;
    })
    .join('\n');
}

function drawReads(taken) {
  return taken
    .filter((sample) => sample.reads > 0)
    .map(({ minute, failed }) => {
      const x = xOf(minute);
      const colour = failed ? '#d64545' : '#333';
      return `<line x1="${x}" x2="${x}" y1="150" y2="170" stroke="${colour}" stroke-width="1"/>`;
    })
    .join('\n');
}

function drawRejections(taken) {
  return taken
    .filter((sample) => sample.rejected)
    .map(({ minute }) => `<circle cx="${xOf(minute)}" cy="195" r="4" fill="#d64545"/>`)
    .join('\n');
}

function drawMinutes() {
  return [0, 60, 120, 180]
    .map((minute) => `<text x="${xOf(minute)}" y="232" text-anchor="middle">${minute} min</text>`)
    .join('\n');
}

function drawLegend() {
  return Object.entries(STATE_COLOURS)
    .filter(([name]) => name !== 'empty')
    .map(([name, colour], index) => {
      const x = LEFT + index * 90;
      return `<rect x="${x}" y="246" width="12" height="12" fill="${colour}"/><text x="${x + 17}" y="256">${name}</text>`;
    })
    .join('\n');
}

/** Neighbours of equal value as one stretch. */
function runsOf(taken, valueOf) {
  const runs = [];
  for (const sample of taken) {
    const value = valueOf(sample);
    const last = runs.at(-1);
    if (last?.value === value) last.to = sample.minute;
    else runs.push({ from: sample.minute, to: sample.minute, value });
  }
  return runs;
}
