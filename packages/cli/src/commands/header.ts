import { authHeaders } from '@magic-hour-keys/http';
import { EXIT } from '../exit-codes.ts';
import { say, type CliIo } from '../io.ts';
import { withProvider, type EnvironmentOptions } from '../with-provider.ts';

const API = 'https://api.magichour.ai/';

/**
 * Prints the header line for tools that take one from a pipe: `mhk header | curl --header @- …`.
 *
 * @throws KeyError as `loadKeyProvider` and `getKey` do.
 */
export async function header(options: EnvironmentOptions, io: CliIo): Promise<number> {
  if (io.stdout.isTTY) {
    say(io, 'the key would be on this screen. Send it into a program: mhk header | curl --header @- …');
    return EXIT.usage;
  }
  const { Authorization } = await withProvider(options, io, (provider) => authHeaders(provider, API));
  io.stdout.write(`Authorization: ${Authorization}\n`);
  return EXIT.ok;
}
