import { describeKeySources } from '@magic-hour-keys/config';
import { isKeyError } from '@magic-hour-keys/core';
import { authHeaders } from '@magic-hour-keys/http';
import { childEnvironment } from '../child-environment.ts';
import { createProblem } from '../cli-problem.ts';
import { readCurlArguments, type CurlArguments } from '../curl-arguments.ts';
import { dropsHeadersOnRedirects } from '../curl-version.ts';
import { locationOf, type EnvironmentOptions } from '../environment-options.ts';
import { EXIT } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { writeReportLine } from '../report.ts';
import { runChild } from '../run-child.ts';
import { foundKey, withProvider, type FoundKey } from '../with-provider.ts';

export interface CurlOptions extends EnvironmentOptions {
  readonly json?: boolean | undefined;
}

/**
 * Runs curl with the key in its header. The header goes to curl's stdin as a config file, so that the key is in no
 * argument, no variable and no history.
 *
 * @param given what stands behind `--`
 * @throws KeyError as `loadKeyProvider` and `getKey` do.
 * @throws CliProblem for arguments that could show the key or send it elsewhere, and where there is no curl
 */
export async function curl(given: readonly string[], options: CurlOptions, io: CliIo): Promise<number> {
  const call = readCurlArguments(given);
  if ('problem' in call) throw createProblem('usage', EXIT.usage, call.problem);
  if (call.follows && !(await dropsHeadersOnRedirects(io))) {
    const hint = 'Take a newer one, or leave --location out.';
    throw createProblem('usage', EXIT.usage, 'curl before 7.83 takes the key along to other ports', hint);
  }
  const { key, source, location, authorization } = await authorize(call.urls, options, io);
  const sources = describeKeySources(locationOf(options, io));
  const { env } = childEnvironment(io.env, { sources, value: key.reveal() });
  const began = performance.now();
  const end = await runChild('curl', argumentsFor(call), {
    env,
    cwd: io.cwd,
    stdio: ['pipe', 'inherit', 'inherit'],
    input: `header = "Authorization: ${authorization}"\n`,
  });
  if ('failure' in end) throw noCurl();
  const { exitCode, signal } = end;
  const durationMs = Math.round(performance.now() - began);
  const report = { command: 'curl', exitCode, signal, durationMs, last4: key.last4, source, location };
  if (options.json) writeReportLine(io, report, true);
  return exitCode;
}

function argumentsFor({ arguments: passed, urls }: CurlArguments): readonly string[] {
  return [
    // Neither a .curlrc of the user, nor braces in a URL, nor another protocol.
    ...['--disable', '--globoff', '--proto', '=https', '--proto-redir', '=https'],
    ...passed,
    ...['--config', '-', '--'],
    // As they were judged: curl reads some URLs differently.
    ...urls.map((url) => new URL(url).href),
  ];
}

interface Authorized extends FoundKey {
  /** The value of the header, which may go to each of these URLs. */
  readonly authorization: string;
}

async function authorize(
  urls: readonly string[],
  options: EnvironmentOptions,
  io: CliIo,
): Promise<Authorized> {
  try {
    return await withProvider(options, io, async (provider, events) => {
      const [headers] = await Promise.all(urls.map((url) => authHeaders(provider, url)));
      const key = await provider.getKey();
      return { ...foundKey(key, events), authorization: headers?.Authorization ?? '' };
    });
  } catch (error) {
    if (!isKeyError(error) || error.code !== 'origin_not_allowed') throw error;
    const hint = 'Write each URL in full, with https and no user';
    const message = 'mhk curl sends the key to https://api.magichour.ai alone';
    throw createProblem('origin_not_allowed', EXIT.config, message, `${hint}.`);
  }
}

function noCurl(): Error {
  const hint = 'Install it, or use another HTTP client with `mhk header`.';
  return createProblem('program_not_found', EXIT.unavailable, 'there is no curl on this machine', hint);
}
