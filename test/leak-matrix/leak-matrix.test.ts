import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCanaries, secretsOf } from './canaries.ts';
import { collectCell, findHits } from './cell-sinks.ts';
import { FAULTS } from './faults.ts';
import { runCell } from './run-cell.ts';
import { SOURCES } from './sources.ts';

let root: string;
beforeAll(async () => { root = await mkdtemp(join(tmpdir(), 'leak-')); });
afterAll(() => rm(root, { recursive: true }));

describe.each(SOURCES)('$name', (source) => {
  test.each(FAULTS)('$name', async (fault) => {
    const canaries = makeCanaries();
    const folder = await mkdtemp(join(root, 'cell-'));
    const t0 = performance.now();
    const run = await runCell(source, fault, { canaries, folder });
    if (!run) { expect(1).toBe(1); return; }
    const t1 = performance.now();
    const texts = await collectCell(run.shown);
    const t2 = performance.now();
    const hits = findHits(texts, secretsOf(canaries));
    const t3 = performance.now();
    console.log(source.name, '|', fault.name, run.ended, texts.length, texts.reduce((s, t) => s + t.text.length, 0), Math.round(t1-t0), Math.round(t2 - t1), Math.round(t3-t2));
    expect(hits).toEqual([]);
    expect(fault.ends === 'key' ? ['key'] : fault.ends).toContain(run.ended);
  });
});
