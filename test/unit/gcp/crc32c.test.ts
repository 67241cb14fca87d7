import { gcpKeySource } from '@magic-hour-keys/gcp';
import { makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';

const signal = new AbortController().signal;
const name = 'projects/1/secrets/magic-hour/versions/3';

function readWith(data: Uint8Array, dataCrc32c?: unknown): Promise<unknown> {
  const client = {
    accessSecretVersion: async (): Promise<unknown> => [{ name, payload: { data, dataCrc32c } }],
  };
  return gcpKeySource({ secret: 'projects/p/secrets/magic-hour', client }).read({
    signal,
    reason: 'initial',
  });
}

// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
test.each<[string, Uint8Array, string]>([
  ['32 zeros', new Uint8Array(32), '2324772522'],
  ['32 bytes of 0xff', new Uint8Array(32).fill(0xff), '1655221059'],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, index) => index), '1188919630'],
  ['123456789', new TextEncoder().encode('123456789'), '3808858755'],
  ['nothing', new Uint8Array(), '0'],
])('the checksum of %s is the one of the standard', async (_what, data, sum) => {
  expect(await readWith(data, sum)).toMatchObject({ value: data, version: '3', sequence: 3 });
  await expect(readWith(data, String(Number(sum) + 1))).rejects.toMatchObject({ code: 'unavailable' });
});

test('a store that sends no checksum is believed', async () => {
  const data = new TextEncoder().encode(makeTestKey());
  expect(await readWith(data)).toMatchObject({ value: data });
  expect(await readWith(data, null)).toMatchObject({ value: data });
});

test('a checksum as a number, or as an object of the package long, is read too', async () => {
  const data = new TextEncoder().encode('123456789');
  expect(await readWith(data, 3_808_858_755)).toMatchObject({ version: '3' });
  expect(await readWith(data, { toString: () => '3808858755' })).toMatchObject({ version: '3' });
});
