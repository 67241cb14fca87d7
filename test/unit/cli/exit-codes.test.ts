import { KeyError, type KeyErrorCode } from '@magic-hour-keys/core';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../packages/cli/src/exit-codes.ts';
import { tellError } from '../../../packages/cli/src/tell-error.ts';

test.each<[KeyErrorCode, number]>([
  ['not_configured', 66],
  ['not_found', 66],
  ['disabled', 66],
  ['unavailable', 69],
  ['unknown', 69],
  ['closed', 69],
  ['throttled', 75],
  ['timeout', 75],
  ['conflict', 75],
  ['access_denied', 77],
  ['unauthenticated', 77],
  ['rejected', 77],
  ['invalid_key', 78],
  ['invalid_config', 78],
  ['origin_not_allowed', 78],
  ['unsupported', 78],
])('the code %s exits %d', (code, exitCode) => {
  expect(tell(new KeyError({ code })).exitCode).toBe(exitCode);
});

test('a code that this version does not know exits 69', () => {
  expect(exitCodeOf('brand_new' as KeyErrorCode)).toBe(69);
  expect(exitCodeOf('toString' as KeyErrorCode)).toBe(69);
});

test('an error of another kind exits 70, and its text is not shown', () => {
  const secret = makeTestKey();
  for (const error of [
    new TypeError(secret),
    secret,
    Object.assign(new Error('x'), { name: secret }),
    undefined,
  ]) {
    const { exitCode, text } = tell(error);
    expect(exitCode).toBe(70);
    expect(text).toContain('please report');
    expect(findLeaks(text, [secret])).toEqual([]);
  }
  expect(tell(new TypeError(secret)).text).toContain('TypeError');
});

function tell(error: unknown): { exitCode: number; text: string } {
  let text = '';
  const output = { write: (part: string) => void (text += part) };
  const exitCode = tellError(error, { stdout: output, stderr: output, env: {}, cwd: '.' }).exitCode;
  return { exitCode, text };
}
