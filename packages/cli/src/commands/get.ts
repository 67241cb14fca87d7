import { checkConfig, loadKeyProvider, type ConfigCheck } from '@magic-hour-keys/config';
import type { ApiKey, KeyEvent } from '@magic-hour-keys/core';
import { describeEnvironment, describePath } from '../environment-text.ts';
import { EXIT } from '../exit-codes.ts';
import { say, writeJson, type CliIo } from '../io.ts';

export interface GetOptions {
  readonly env?: string | undefined;
  readonly config?: string | undefined;
  readonly reveal?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Reads the key once, and shows where it came from. Its value is shown for `--reveal` alone.
 *
 * @throws KeyError as `loadKeyProvider` and `getKey` do.
 */
export async function get(options: GetOptions, io: CliIo): Promise<number> {
  const location = { environment: options.env, file: options.config, cwd: io.cwd, env: io.env };
  const found: Found = { check: checkConfig(location), events: [] };
  const provider = loadKeyProvider({ ...location, onEvent: (event) => found.events.push(event) });
  try {
    show(await provider.getKey(), found, options, io);
    return EXIT.ok;
  } finally {
    await provider.close();
  }
}

interface Found {
  readonly check: ConfigCheck;
  readonly events: KeyEvent[];
}

function show(key: ApiKey, { check, events }: Found, { reveal, json }: GetOptions, io: CliIo): void {
  const warnings = events.filter((event) => event.type === 'warning');
  for (const { message } of warnings) say(io, `warning: ${message}`);
  if (reveal && io.stdout.isTTY)
    say(io, 'the key is now on this screen, and in what can be scrolled back to');
  const { source, location } = events.find((event) => event.type === 'resolved') ?? { ...key, location: '' };
  if (json) {
    return writeJson(io, {
      last4: key.last4,
      source,
      location,
      environment: check.environment?.name ?? null,
      environmentFrom: check.environment?.from ?? null,
      config: check.file ?? null,
      version: key.version ?? null,
      createdAt: key.createdAt?.toISOString() ?? null,
      warnings: warnings.map(({ code, message }) => ({ code, message })),
      ...(reveal && { key: key.reveal() }),
    });
  }
  if (reveal) {
    io.stdout.write(`${key.reveal()}\n`);
    return;
  }
  const details = [
    `from ${source} (${location})`,
    check.environment && `environment ${describeEnvironment(check.environment)}`,
    check.file && `config ${describePath(check.file, io)}`,
    key.version && `version ${key.version}`,
  ];
  io.stdout.write(`[ApiKey …${key.last4}] ${details.filter(Boolean).join(', ')}\n`);
}
