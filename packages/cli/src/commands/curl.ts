import { isKeyError } from '@magic-hour-keys/core';
import { authHeaders } from '@magic-hour-keys/http';
import { dropsHeadersOnRedirects } from '../curl-version.ts';
import { readCurlArguments } from '../curl-arguments.ts';
import { EXIT } from '../exit-codes.ts';
import { say, type CliIo } from '../io.ts';
import { runChild } from '../run-child.ts';
import { withProvider, type EnvironmentOptions } from '../with-provider.ts';
import { withoutValue } from '../without-value.ts';

/**
 * Runs curl with the key in its header. The header goes to curl's stdin as a config file, so that the key is in no
 * argument, no variable and no history.
 *
 * @param given what stands behind `--`
 * @throws KeyError as `loadKeyProvider` and `getKey` do.
 */
export async function curl(
  given: readonly string[],
  options: EnvironmentOptions,
  io: CliIo,
): Promise<number> {
  const call = readCurlArguments(given);
  if ('problem' in call) {
    say(io, call.problem);
    return EXIT.usage;
  }
  if (call.follows && !(await dropsHeadersOnRedirects(io))) {
    say(
      io,
      'curl before 7.83 takes the key along to other ports. Take a newer one, or leave --location out.',
    );
    return EXIT.usage;
  }
  const authorization = await authorize(call.urls, options, io);
  if (authorization === undefined) return EXIT.config;
  const argv = [
    // Neither a .curlrc of the user, nor braces in a URL, nor another protocol.
    ...['--disable', '--globoff', '--proto', '=https', '--proto-redir', '=https'],
    ...call.arguments,
    ...['--config', '-', '--'],
    // As they were judged: curl reads some URLs differently.
    ...call.urls.map((url) => new URL(url).href),
  ];
  const end = await runChild('curl', argv, {
    env: withoutValue(io.env, authorization.replace('Bearer ', '')),
    cwd: io.cwd,
    stdio: ['pipe', 'inherit', 'inherit'],
    input: `header = "Authorization: ${authorization}"\n`,
  });
  if ('exitCode' in end) return end.exitCode;
  say(io, 'there is no curl on this machine. Install it, or use another HTTP client with `mhk header`.');
  return EXIT.unavailable;
}

/** The value of the header, which may go to each of these URLs; undefined, after a remark, where it may not. */
async function authorize(
  urls: readonly string[],
  options: EnvironmentOptions,
  io: CliIo,
): Promise<string | undefined> {
  try {
    return await withProvider(options, io, async (provider) => {
      const headers = await Promise.all(urls.map((url) => authHeaders(provider, url)));
      return headers[0]?.Authorization;
    });
  } catch (error) {
    if (!isKeyError(error) || error.code !== 'origin_not_allowed') throw error;
    say(
      io,
      'mhk curl sends the key to https://api.magichour.ai alone: write each URL in full, with https and no user',
    );
    return undefined;
  }
}
