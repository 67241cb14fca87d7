import { readFile } from 'node:fs/promises';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { temporaryProject } from '../config/config-for-test.ts';
import { runMhk } from './run-mhk.ts';

const API = 'https://api.magichour.ai/v1/image-projects/1';
const project = temporaryProject();
const key = makeTestKey();

function curl(...given: string[]) {
  return runMhk(['curl', '--', ...given], {
    cwd: project.path(''),
    // Without a PATH no curl is found: nothing is ever sent from here.
    env: { MAGIC_HOUR_API_KEY: key, PATH: project.path('') },
  });
}

test.each([
  [['-v', API], '-v is refused beside a key: it would write the key down'],
  [['-sSv', API], '-v is refused'],
  [['--trace-ascii', 'out.txt', API], '--trace-ascii is refused'],
  [['--libcurl', 'out.c', API], '--libcurl is refused'],
  [['-k', API], '-k is refused beside a key: it would send the key to whoever answers'],
  [['-fsSk', API], '-k is refused'],
  [['--insecure', API], '--insecure is refused'],
  [['--insec', API], '--insec is refused'],
  [
    ['--location-trusted', API],
    '--location-trusted is refused beside a key: it could send the key to another host',
  ],
  [['-K', 'other.txt', API], '-K is refused'],
  [['-:', API], '-: is refused'],
  [['-u', 'name:password', API], '-u is refused beside a key: the key is the login already'],
  [
    ['--unheard-of', API],
    '--unheard-of is refused beside a key: it is not known to keep the key where it belongs',
  ],
  [['-H', 'authorization: Bearer other', API], '-H would bring an Authorization of its own'],
  [['-HAuthorization:x', API], '-H would bring an Authorization of its own'],
  [['--header', '@headers.txt', API], '--header would bring'],
  [['-d', '@-', API], '-d would read stdin, by which the key goes to curl; put the data into a file'],
  [['--json', '@-', API], '--json would read stdin'],
  [['--data-urlencode', 'name@-', API], '--data-urlencode would read stdin'],
  [['-T', '-', API], '-T would read stdin'],
  [['-T.', API], '-T would read stdin'],
  [['-Ffile=@-;type=image/png', API], '-F would read stdin'],
  [['-sS'], 'there is no URL among the arguments'],
  [['-o'], '-o needs a value'],
])('mhk curl -- %j is refused, and says why', async (given, expected) => {
  const result = await curl(...given);
  expect(result).toMatchObject({ exitCode: 64, stdout: '' });
  expect(result.stderr).toContain(expected);
});

test.each([
  ['http://api.magichour.ai/'],
  ['https://evil.test/'],
  ['https://api.magichour.ai.evil.test/'],
  ['https://api.magichour.ai@evil.test/'],
  ['https://someone:secret@api.magichour.ai/'],
  ['https://api.magichour.ai:8443/'],
  ['https://{api.magichour.ai,evil.test}/'],
  ['https://[a-z].magichour.ai/'],
  ['api.magichour.ai/v1'],
  ['file:///etc/passwd'],
  ['-'],
])('the key goes to the API alone, never to %s', async (url) => {
  const result = await curl(API, url);
  expect(result).toMatchObject({ exitCode: 78, stdout: '' });
  expect(result.stderr).toContain('mhk curl sends the key to https://api.magichour.ai alone');
  expect(findLeaks(result, [key])).toEqual([]);
});

test('a secret in an argument is never quoted', async () => {
  const secret = makeTestKey().slice(9);
  for (const given of [
    ['-H', `Authorization: ${secret}`, API],
    [`https://${secret}.test/`],
    [`--${secret}`, API],
  ]) {
    expect(findLeaks(await curl(...given), [secret])).toEqual([]);
  }
});

test('without a curl on this machine that is said', async () => {
  const result = await curl(API);
  expect(result).toMatchObject({ exitCode: 69, stdout: '' });
  expect(result.stderr).toContain('there is no curl on this machine');
});

test('curl finds its own settings in its environment, and neither the key nor a login to the store', async () => {
  const file = project.path('environment.json');
  // Its name is all that curl is known by.
  const script = `#!${process.execPath}\nrequire('fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.env));\n`;
  await project.write('bin/curl', script, 0o755);
  const vault = { source: 'vault', path: 'secret/magic-hour' };
  await project.write('magic-hour-keys.json', {
    environments: { development: { firstFound: ['env', vault] } },
  });
  const env = {
    COPY: `Bearer ${key}`,
    HTTPS_PROXY: 'http://proxy.test',
    MAGIC_HOUR_API_KEY: key,
    PATH: project.path('bin'),
    VAULT_ADDR: 'https://vault.test',
    VAULT_TOKEN: 'a-login',
  };
  const result = await runMhk(['curl', '--', API], { cwd: project.path(''), env });
  expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  const found: unknown = JSON.parse(await readFile(file, 'utf8'));
  const names = Object.keys(found as object).filter((name) => Object.hasOwn(env, name));
  expect(names.toSorted()).toEqual(['HTTPS_PROXY', 'PATH', 'VAULT_ADDR']);
  expect(findLeaks(found, [key, env.VAULT_TOKEN])).toEqual([]);
});

test('mhk header prints one line for a pipe', async () => {
  const result = await runMhk(['header'], { cwd: project.path(''), env: { MAGIC_HOUR_API_KEY: key } });
  expect(result).toEqual({ exitCode: 0, stdout: `Authorization: Bearer ${key}\n`, stderr: '' });
});

test('mhk header prints nothing on a screen', async () => {
  const env = { MAGIC_HOUR_API_KEY: key, NO_COLOR: '1' };
  const result = await runMhk(['header'], { cwd: project.path(''), env, isTTY: true });
  expect(result).toMatchObject({ exitCode: 64, stdout: '' });
  expect(result.stderr.replaceAll(/\s+/g, ' ')).toContain('mhk header | curl --header @-');
  expect(findLeaks(result, [key])).toEqual([]);
});
