import { firstFound, KeyError, type KeySource } from '@magic-hour-keys/core';
import type { BuiltInBackend, SourcePlace } from './builtin-backends.ts';
import { lazySource } from './lazy-source.ts';
import type { PlannedSource } from './plan-source.ts';

/** Makes the source that was planned. Nothing is imported and no store is reached before the first read. */
export function buildSource(planned: PlannedSource, place: SourcePlace): KeySource {
  if (planned.kind === 'given') return planned.source;
  if (planned.kind === 'chain') return firstFound(planned.links.map((link) => buildSource(link, place)));
  const { name, location, backend, options } = planned;
  return lazySource({
    name,
    location,
    load: async () => {
      const createSource = await importBackend(backend, location);
      return createSource(options, place);
    },
  });
}

/** @throws KeyError `invalid_config`, without the loader's own text. */
async function importBackend(
  backend: BuiltInBackend,
  location: string,
): Promise<Awaited<ReturnType<BuiltInBackend['load']>>> {
  try {
    return await backend.load();
  } catch {
    throw new KeyError({
      code: 'invalid_config',
      source: backend.name,
      location,
      message: `the package ${backend.packageName} does not load`,
      hint: `Install ${backend.packageName} again; a bundler must take it along, or leave it to be loaded.`,
    });
  }
}
