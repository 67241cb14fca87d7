import { randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const RANDOM_LENGTH = 32;

/**
 * A key that looks real and opens nothing: `mhk_test_` and 32 random letters and digits. Made at run time, so that no
 * repository holds one and every test run searches its output for a text that nobody could have written into it.
 */
export function makeTestKey(): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length)));
  return `mhk_test_${random.join('')}`;
}
