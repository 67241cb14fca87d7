// Whatever happens to a store or to a request, no secret may come out of this library: sources × failures × everything
// that a program may print, log, send or copy × encodings. The control group shows the same search code without the
// library, where it must find something: otherwise it is blind, and its silence would prove nothing.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { makeCanaries, secretsOf } from './canaries.ts';
import { collectCell, countHits, findHits, muteWarnings } from './cell-sinks.ts';
import { openCell } from './cell.ts';
import { COLUMNS } from './columns.ts';
import { CONTROLS } from './controls.ts';
import { quotingError } from './raw-errors.ts';
import { createScoreSheet } from './score-sheet.ts';
import { SOURCES } from './sources.ts';

const sheet = createScoreSheet();
let root: string;
let unmute: () => void;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'magic-hour-keys-leaks-'));
  unmute = muteWarnings();
});
afterAll(async () => {
  unmute();
  await rm(root, { recursive: true });
  const namesOf = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);
  console.log(sheet.print(namesOf(SOURCES), namesOf(COLUMNS)));
});

describe.concurrent.each(SOURCES)('no secret comes out of $name:', (source) => {
  test.for(COLUMNS)('with $name', async (column, { expect, onTestFinished, skip }) => {
    const cell = await openCell(source, column, root);
    onTestFinished(cell.close);
    const run = await column.run(source, cell);
    if (!run) {
      sheet.noteCell(source.name, column.name, undefined);
      const mustHappen = column.happens !== undefined && source.suffersEverything === column.happens;
      expect(mustHappen, 'it must happen to one source at least').toBe(false);
      return skip('this can not happen to this source');
    }
    const crashing = cell.crash();
    const shown = await collectCell(run, source);
    const crashed = await crashing;
    const texts = [...shown, ...crashed.texts, cell.foreignRequests()];
    const hits = findHits(texts, cell.secrets);
    sheet.noteCell(source.name, column.name, { texts: texts.length, hits: hits.length });
    expect(hits).toEqual([]);
    expect(column.ends).toContain(run.ended);
    expect({ exitCode: crashed.exitCode, stdout: crashed.stdout }).toEqual({ exitCode: 1, stdout: '' });
  });
});

describe.concurrent('the matrix is not blind:', () => {
  test.for(CONTROLS)('it sees what $name shows', async (control, { expect, onTestFinished }) => {
    const cell = await openCell({ name: 'control' }, { name: control.name, usesServers: true }, root);
    onTestFinished(cell.close);
    const crashing = cell.crash();
    const setting = { canaries: cell.canaries, broken: cell.addresses.broken };
    const failure = control.inChildAlone
      ? undefined
      : await control.run(setting).catch((error: unknown) => error);
    const shown = await collectCell({ shown: { failure }, failure });
    const { texts: printed } = await crashing;
    const here = countHits(shown, cell.secrets);
    const inChild = countHits(printed, cell.secrets);
    sheet.noteControl(control.name, { texts: shown.length + printed.length, hits: here + inChild });
    expect(here > 0).toBe(control.inChildAlone !== true);
    expect(inChild).toBeGreaterThan(0);
  });

  test.for(COLUMNS)('there is something to see in: $name', async (column, { expect }) => {
    const canaries = makeCanaries();
    const failure = column.planted(canaries);
    const texts = await collectCell({ shown: { failure }, failure });
    const hits = countHits(texts, secretsOf(canaries));
    sheet.noteControl(column.name, { texts: texts.length, hits });
    expect(hits).toBeGreaterThan(0);
  });

  test('every sink shows a secret that is in the error', async ({ expect }) => {
    const canaries = makeCanaries();
    const failure = Object.assign(quotingError(canaries), { detail: canaries.key });
    const texts = await collectCell({ shown: { failure }, failure });
    const seen = new Set(findHits(texts, secretsOf(canaries)).map(({ sink }) => sink));
    const blind = texts
      .map(({ sink }) => sink)
      .filter((sink) => !seen.has(sink) && !sink.includes(': walk '));
    // What is no number, is NaN to the first three.
    expect(blind.map((sink) => sink.replace('failure: ', ''))).toEqual([
      'format %d',
      'format %i',
      'format %f',
      // V8 writes ASCII as bytes.
      'v8.serialize as utf16',
      'v8.serialize as utf16 from the second byte',
    ]);
  });

  test.for<[string, (secret: string) => string]>([
    ['as it is', (secret) => secret],
    ['in base64', (secret) => base64(secret)],
    ['in base64, one character later', (secret) => base64(`:${secret}`)],
    ['in base64, two characters later', (secret) => base64(`::${secret}`)],
    ['in base64url', (secret) => Buffer.from(secret).toString('base64url')],
    ['in hex', (secret) => Buffer.from(secret).toString('hex')],
    ['in a URL', (secret) => encodeURIComponent(secret)],
    ['in JSON', (secret) => JSON.stringify(secret)],
    ['in JSON inside of JSON', (secret) => JSON.stringify(JSON.stringify({ secret }))],
    ['by its first ten characters', (secret) => secret.slice(0, 10)],
    ['by ten characters of its middle', (secret) => secret.slice(11, 21)],
    ['by its last ten characters', (secret) => secret.slice(-10)],
  ])('it knows a secret %s', ([, encode], { expect }) => {
    const secret = `"${makeCanaries().body}/ü\\?`;
    const hits = findHits([{ sink: 'a log', text: `before ${encode(secret)} after` }], [secret]);
    expect(hits).not.toEqual([]);
    expect(findHits([{ sink: 'a log', text: 'before and after' }], [secret])).toEqual([]);
  });
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
