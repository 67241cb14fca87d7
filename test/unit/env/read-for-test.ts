import { isKeyError, type KeyError, type KeyReading, type KeySource } from '@magic-hour-keys/core';
import { envKeySource, type EnvOptions } from '@magic-hour-keys/env';

export function read(options: EnvOptions): Promise<KeyReading> {
  return readSource(envKeySource(options));
}

export function readSource(source: KeySource): Promise<KeyReading> {
  return source.read({ signal: new AbortController().signal, reason: 'initial' });
}

export async function failureOf(options: EnvOptions): Promise<KeyError> {
  const error: unknown = await read(options).catch((thrown: unknown) => thrown);
  if (isKeyError(error)) return error;
  throw new Error('no KeyError was thrown');
}
