import { describeKeySources } from '@magic-hour-keys/config';
import type { CliIo } from '../io.ts';
import type { Facts } from './facts.ts';
import type { ProposedEnvironment } from './propose.ts';

const CONFIG_PACKAGE = '@magic-hour-keys/config';
/** Optional, because code can hand in a credential of its own; a file can not. */
const NEEDED_BY_FILES: ReadonlySet<string> = new Set(['@azure/identity']);

/** With their ranges: what these environments need and package.json does not name yet. */
export function neededPackages(
  environments: readonly Pick<ProposedEnvironment, 'name' | 'content'>[],
  { dependencies }: Facts,
  { env }: Pick<CliIo, 'env'>,
): readonly string[] {
  const sdks = environments.flatMap(({ name, content }) => {
    // A mounted Secret is a file.
    if (content['mountPath'] !== undefined) return [];
    const config = { environments: { [name]: content } };
    const described = describeKeySources({
      config,
      environment: name,
      env: withStandIns(JSON.stringify(content), env),
    });
    return described
      .flatMap(({ requires }) => requires)
      .filter(
        ({ name: sdk, optional }) => !optional || NEEDED_BY_FILES.has(sdk) || content['auth'] !== undefined,
      );
  });
  const missing = sdks.filter(({ name }) => !dependencies.has(name));
  const own = dependencies.has(CONFIG_PACKAGE) ? [] : [CONFIG_PACKAGE];
  return [...new Set([...own, ...missing.map(({ name, range }) => `${name}@${range}`)])];
}

/** A variable that a text mentions as `${NAME}` may be set only where the program runs. */
export function withStandIns(text: string, env: CliIo['env']): CliIo['env'] {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  return { ...Object.fromEntries(names.map((name) => [name, 'x'])), ...env };
}
