import { checkConfig, type ConfigCheck } from '@magic-hour-keys/config';
import { locationOf, type EnvironmentOptions } from '../environment-options.ts';
import { describeEnvironment, describePath } from '../environment-text.ts';
import { EXIT } from '../exit-codes.ts';
import { say, writeJson, type CliIo } from '../io.ts';
import { widthOf, wrap } from '../terminal/lines.ts';
import { styleFor } from '../terminal/style.ts';
import { foundKey, withProvider, type FoundKey } from '../with-provider.ts';

export interface GetOptions extends EnvironmentOptions {
  readonly reveal?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Reads the key once, and shows where it came from. Its value is shown for `--reveal` alone.
 *
 * @throws KeyError as `loadKeyProvider` and `getKey` do.
 */
export async function get(options: GetOptions, io: CliIo): Promise<number> {
  const check = checkConfig(locationOf(options, io));
  const [found, warnings] = await withProvider(options, io, async (provider, events) => {
    const key = foundKey(await provider.getKey(), events);
    return [key, events.filter((event) => event.type === 'warning')] as const;
  });
  show(found, { check, warnings }, options, io);
  return EXIT.ok;
}

interface Circumstances {
  readonly check: ConfigCheck;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

function show(
  { key, source, location }: FoundKey,
  { check, warnings }: Circumstances,
  { reveal, json }: GetOptions,
  io: CliIo,
): void {
  if (reveal && io.stdout.isTTY) {
    say(io, 'the key is now on this screen, and in what can be scrolled back to');
  }
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
  const { strong } = styleFor(io.stdout, io.env);
  const details = [
    `from ${source} (${location})`,
    check.environment && `environment ${describeEnvironment(check.environment)}`,
    check.file && `config ${describePath(check.file, io)}`,
    key.version && `version ${key.version}`,
  ];
  const line = `${strong(`[ApiKey …${key.last4}]`)} ${details.filter(Boolean).join(', ')}`;
  io.stdout.write(`${onTerminal(line, io)}\n`);
}

/** In a pipe it stays one line. */
function onTerminal(line: string, { stdout }: CliIo): string {
  return stdout.isTTY ? wrap(line, { width: widthOf(stdout), indent: '  ' }) : line;
}
