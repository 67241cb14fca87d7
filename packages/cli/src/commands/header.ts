import { authHeaders } from '@magic-hour-keys/http';
import { createProblem } from '../cli-problem.ts';
import type { EnvironmentOptions } from '../environment-options.ts';
import { EXIT } from '../exit-codes.ts';
import { writeJson, type CliIo } from '../io.ts';
import { withProvider } from '../with-provider.ts';

const API = 'https://api.magichour.ai/';

export interface HeaderOptions extends EnvironmentOptions {
  readonly json?: boolean | undefined;
}

/**
 * Prints the header line for tools that take one from a pipe: `mhk header | curl --header @- …`.
 *
 * @throws KeyError as `loadKeyProvider` and `getKey` do.
 * @throws CliProblem on a terminal
 */
export async function header(options: HeaderOptions, io: CliIo): Promise<number> {
  if (io.stdout.isTTY) {
    const hint = 'Send it into a program: mhk header | curl --header @- …';
    throw createProblem('usage', EXIT.usage, 'the key would be on this screen', hint);
  }
  const headers = await withProvider(options, io, (provider) => authHeaders(provider, API));
  if (options.json) writeJson(io, { headers });
  else io.stdout.write(`Authorization: ${headers.Authorization}\n`);
  return EXIT.ok;
}
