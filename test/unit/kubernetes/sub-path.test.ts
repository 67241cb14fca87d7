import { expect, test } from 'vitest';
import { findsSubPath } from '../../../packages/kubernetes/src/mount/sub-path.ts';

const ROOT = '1 0 254:1 / / rw,relatime - ext4 /dev/vda1 rw';
const WHOLE = '20 1 0:50 / /etc/magic-hour ro,relatime - tmpfs tmpfs rw,size=1024k';
const ONE_FILE = '21 1 0:50 /..2026_05_01_12_00_00.123456789/api_key /etc/keys/api_key ro - tmpfs tmpfs rw';
const ONE_FOLDER = '22 1 0:50 /..2026_05_01_12_00_00.123456789/team /etc/team ro - tmpfs tmpfs rw';
const WITH_BLANK = '23 1 0:50 /..2026_05_01_12_00_00.1/k /etc/a\\040b ro - tmpfs tmpfs rw';
const MOUNTS = [ROOT, WHOLE, ONE_FILE, ONE_FOLDER, WITH_BLANK, ''].join('\n');

test.each([
  ['a volume that is mounted whole', '/etc/magic-hour/api_key', false],
  ['a file of a volume', '/etc/keys/api_key', true],
  ['what is beside such a file', '/etc/keys/other', false],
  ['a folder of a volume', '/etc/team/api_key', true],
  ['a path with a blank', '/etc/a b', true],
  ['a file of the image', '/app/api_key', false],
  ['a path that begins alike', '/etc/magic-hour-2/api_key', false],
])('%s: %s', (_, path, expected) => {
  expect(findsSubPath(MOUNTS, path)).toBe(expected);
});

test('a mount over another one counts', () => {
  const covered = `${ONE_FOLDER}\n24 1 0:51 / /etc/team ro - tmpfs tmpfs rw`;
  expect(findsSubPath(covered, '/etc/team/api_key')).toBe(false);
});
