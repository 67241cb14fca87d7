import { checkConfig } from '@magic-hour-keys/config';
import { findLeaks, makeTestKey } from '@magic-hour-keys/testing';
import { expect, test } from 'vitest';
import { failureOf, inDevelopment, load, problemsOf, temporaryProject } from './config-for-test.ts';

const project = temporaryProject();

function locationOf(files: unknown, env: Record<string, string>): string | undefined {
  return checkConfig({ config: inDevelopment({ source: 'env', files }), env }).environments[0]?.location;
}

test('a variable in a path is replaced', () => {
  const env = { CONF: '/etc/keys', STAGE: 'blue' };
  expect(locationOf(['${CONF}/.env', '.env.${STAGE}.${STAGE}', '.env'], env)).toBe(
    'MAGIC_HOUR_API_KEY, /etc/keys/.env, .env.blue.blue, .env',
  );
});

test('the file behind the variable is the one that is read', async () => {
  const key = makeTestKey();
  await project.write('.env.blue', `MAGIC_HOUR_API_KEY=${key}\n`);
  const config = inDevelopment({ source: 'env', files: ['.env.${STAGE}'] });
  const provider = load({ config, cwd: project.path(''), env: { STAGE: 'blue' } });
  expect((await provider.getKey()).reveal()).toBe(key);
});

test('a variable that names a folder of secrets is no secret itself', () => {
  expect(locationOf(['${KEYS_DIR}/.env', '${SECRET_PATH}'], { KEYS_DIR: '/keys', SECRET_PATH: '/x' })).toBe(
    'MAGIC_HOUR_API_KEY, /keys/.env, /x',
  );
});

test('what a variable holds is not looked through again, and a lone dollar is just text', () => {
  expect(locationOf(['${A}', '$B', '$'], { A: 'x$B', B: 'y' })).toBe('MAGIC_HOUR_API_KEY, x$B, $B, $');
  expect(locationOf(['${A}'], { A: '${B}', B: 'y' })).toBe('MAGIC_HOUR_API_KEY, ${B}');
});

test.each([[{}], [{ STAGE: '' }], [{ STAGE: '  ' }]])(
  'a variable that is not set is a problem: %j',
  (env) => {
    const config = inDevelopment({ source: 'env', files: ['.env', '.env.${STAGE}'] });
    expect(problemsOf(config, { env })).toEqual([
      '/environments/development/files/1: needs the variable STAGE, which is not set',
    ]);
  },
);

test('the variables of an environment that is not used here may be set elsewhere', () => {
  const config = {
    environments: { development: { source: 'env' }, production: { source: 'env', files: ['${MOUNT}/.env'] } },
  };
  expect(checkConfig({ config, env: {} })).toMatchObject({
    ok: true,
    environments: [
      { name: 'development' },
      { name: 'production', location: 'MAGIC_HOUR_API_KEY, ${MOUNT}/.env' },
    ],
  });
  expect(problemsOf(config, { environment: 'production' })).toEqual([
    '/environments/production/files/0: needs the variable MOUNT, which is not set',
  ]);
});

test.each(['${MAGIC_HOUR_API_KEY}', '${MY_TOKEN}', '${DB_PASSWORD}', '${client_secret}'])(
  'a variable that seems to hold a secret is refused by its name: %s',
  (text) => {
    const name = text.slice(2, -1);
    const value = 'q9'.repeat(16);
    const error = failureOf({
      config: inDevelopment({ source: 'env', files: [text] }),
      env: { [name]: value },
    });
    expect(error.message).toContain(`names ${name}, which seems to hold a secret`);
    expect(findLeaks(error, [value])).toEqual([]);
  },
);

test.each([
  ['a key', makeTestKey()],
  ['a line break', `x\n${'y'.repeat(20)}`],
])('a variable that holds %s is refused, and what it holds is not shown', (_, value) => {
  const config = inDevelopment({ source: 'env', files: ['${PLACE}/.env'] });
  const error = failureOf({ config, env: { PLACE: value } });
  expect(error.message).toContain(
    '/files/0: names PLACE, which holds what looks like a key, or can not be printed',
  );
  expect(findLeaks(error, [value])).toEqual([]);
});

test.each(['${}', '${A:-b}', '${A B}', '${1}', '$${A}x${', '${A', '${__proto__.x}'])(
  'anything but a plain name between the braces is refused: %s',
  (text) => {
    const config = inDevelopment({ source: 'env', files: [text] });
    expect(problemsOf(config, { env: { A: 'a' } })).toHaveLength(1);
  },
);

test('names of the prototype are no variables', () => {
  const config = inDevelopment({ source: 'env', files: ['${toString}'] });
  expect(problemsOf(config)[0]).toContain('needs the variable toString, which is not set');
});

test('other options take no variables', () => {
  const config = inDevelopment({ source: 'env', variable: '${NAME}' });
  expect(problemsOf(config, { env: { NAME: 'X' } })).toEqual([
    '/environments/development/variable: can not hold ${…}: variables are replaced in file paths and the like alone',
  ]);
});
