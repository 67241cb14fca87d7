import { createRequire } from 'node:module';
import { Argument, Command, CommanderError } from 'commander';
import type { ScanOptions } from './commands/scan.ts';
import type { StatusOptions } from './commands/status.ts';
import type { EnvironmentOptions } from './with-provider.ts';
import type { CheckOptions } from './commands/check.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import type { CompletionOptions } from './commands/completion.ts';
import type { CurlOptions } from './commands/curl.ts';
import type { HeaderOptions } from './commands/header.ts';
import type { ExecOptions } from './commands/exec.ts';
import type { ExplainOptions } from './commands/explain.ts';
import type { GetOptions } from './commands/get.ts';
import type { InitOptions } from './commands/init.ts';
import { ENVIRONMENTS_COMMAND, SHELLS, type Shell } from './completion/shells.ts';
import { EXIT } from './exit-codes.ts';
import { hideArguments } from './hide-arguments.ts';
import type { CliIo } from './io.ts';
import { widthOf } from './terminal/lines.ts';

const ENV_OPTION = [
  '--env <name>',
  'the environment; otherwise MAGIC_HOUR_ENV, then NODE_ENV, decides',
] as const;
const CONFIG_OPTION = [
  '--config <file>',
  'the configuration; otherwise the nearest magic-hour-keys.json',
] as const;
const JSON_OPTION = ['--json', 'print JSON'] as const;
const REPORT_OPTION = ['--json', 'print a report as the last line of stderr'] as const;
const EXIT_CODES = `
Exit codes: 0 ok, 1 something was found, 64 usage, 66 no key found,
69 store unavailable, 70 a fault of this program, 75 try again later,
77 no permission, 78 something in the configuration is wrong.`;

/** Only names, options and texts; a command's own code is loaded when it runs. */
export function createProgram(
  argv: readonly string[],
  io: CliIo,
  finish: (exitCode: number) => void,
): Command {
  const program = new Command('mhk')
    .description('Gets the Magic Hour API key from wherever it is kept.')
    // Not `version()`, which would have to know it at every start.
    .option('-V, --version', 'output the version number')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(hideArguments(text, argv)),
      getOutHelpWidth: () => widthOf(io.stdout),
      getErrHelpWidth: () => widthOf(io.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  program.on('option:version', () => {
    io.stdout.write(`${readVersion()}\n`);
    throw new CommanderError(EXIT.ok, 'commander.version', '');
  });
  // The settings above are only taken over by commands that are made afterwards.
  program
    .command('init')
    .description('write a configuration that fits this project, or add an environment to the one there is')
    .option('--env <name>', 'the environment to write; otherwise development and production')
    .option('--source <name>', 'where its key is kept: env, aws, azure, gcp, vault or kubernetes')
    .option('--option <name=value...>', "the source's options, such as region=us-east-1 or auth.role=worker")
    .option('--config <file>', 'the file to write; otherwise magic-hour-keys.json beside package.json')
    .option('--force', 'replace that environment, or without --env the whole file')
    .option('--yes', 'ask nothing')
    .option('--dry-run', 'show what would be written, and write nothing')
    .option('--no-ignore-files', 'leave .gitignore and .dockerignore alone')
    .option('--json', 'print JSON, and ask nothing')
    .action(async (options: InitOptions) => {
      const { init } = await import('./commands/init.ts');
      finish(await init(options, io));
    });
  program
    .command('get')
    .description('read the key, and say where it came from; masked unless --reveal is given')
    .option(...ENV_OPTION)
    .option(...CONFIG_OPTION)
    .option('--reveal', 'print the key itself, alone')
    .option(...JSON_OPTION)
    .action(async (options: GetOptions) => {
      const { get } = await import('./commands/get.ts');
      finish(await get(options, io));
    });
  program
    .command('check')
    .description('check the configuration and each of its environments, without contacting a store')
    .option(...ENV_OPTION)
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .action(async (options: CheckOptions) => {
      const { check } = await import('./commands/check.ts');
      finish(check(options, io));
    });
  program
    .command('explain')
    .description('ask each link of the chain as the application does, and show what it said')
    .option(...ENV_OPTION)
    .option(...CONFIG_OPTION)
    .option('--all', 'also ask the links behind the one that answers')
    .option(...JSON_OPTION)
    .action(async (options: ExplainOptions) => {
      const { explain } = await import('./commands/explain.ts');
      finish(await explain(options, io));
    });
  program
    .command('status')
    .description('read the key once, and show the health of its provider')
    .option(...ENV_OPTION)
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .action(async (options: StatusOptions) => {
      const { status } = await import('./commands/status.ts');
      finish(await status(options, io));
    });
  program
    .command('doctor')
    .description('look for everything that can be wrong with the key, and say what to do about it')
    .option(...ENV_OPTION)
    .option(...CONFIG_OPTION)
    .option('--all', 'every environment, instead of the one in use')
    .option('--probe', 'also ask the Magic Hour API whether it knows the key; free')
    .option('--offline', 'contact no store, and nothing else over a network')
    .option(...JSON_OPTION)
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./commands/doctor.ts');
      finish(await doctor(options, io));
    });
  program
    .command('curl')
    .description('run curl with the key; it goes to curl by stdin, never as an argument')
    .usage('[options] -- <arguments of curl>')
    .argument('[arguments...]')
    .option(...ENV_OPTION)
    .option(...CONFIG_OPTION)
    .option(...REPORT_OPTION)
    .action(async (given: readonly string[], options: CurlOptions) => {
      const { curl } = await import('./commands/curl.ts');
      finish(await curl(given, options, io));
    });
  program
    .command('header')
    .description('print the header line with the key, into a pipe')
    .option(...ENV_OPTION)
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .action(async (options: HeaderOptions) => {
      const { header } = await import('./commands/header.ts');
      finish(await header(options, io));
    });
  program
    .command('exec')
    .description('run a program that finds the key in MAGIC_HOUR_API_KEY')
    .usage('[options] -- <program> [arguments]')
    .argument('[program...]')
    .option(...ENV_OPTION)
    .option(...CONFIG_OPTION)
    .option('--as <variable>', 'another name for the variable', 'MAGIC_HOUR_API_KEY')
    .option(
      '--keep <variables...>',
      'variables that are taken out otherwise (VAULT_TOKEN), where the program needs them',
    )
    .option('--keep-all', 'take none out')
    .option('--no-mask', 'leave the key in the output where it is piped')
    .option(...REPORT_OPTION)
    .action(async (given: readonly string[], options: ExecOptions) => {
      const { exec } = await import('./commands/exec.ts');
      finish(await exec(given, options, io));
    });
  program
    .command('scan')
    .description('look for keys in files, or in what is about to be committed')
    .argument('[paths...]')
    .option('--staged', 'the next commit instead of the files')
    .option('--no-value', 'look for the shape of a key alone, and ask no store for the current one')
    .option('--install-hook', 'refuse commits with a key in them from now on')
    .option(...ENV_OPTION)
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .action(async (paths: readonly string[], options: ScanOptions) => {
      const { scan } = await import('./commands/scan.ts');
      finish(await scan(paths, options, io));
    });
  program
    .command('completion')
    .description('print what makes a shell complete the commands, options and environments of mhk')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .option(...JSON_OPTION)
    .action(async (shell: Shell, options: CompletionOptions) => {
      const { completion } = await import('./commands/completion.ts');
      finish(completion(shell, options, program, io));
    });
  program
    .command(ENVIRONMENTS_COMMAND, { hidden: true })
    .option(...CONFIG_OPTION)
    .action(async (options: EnvironmentOptions) => {
      const { completeEnvironments } = await import('./commands/completion.ts');
      finish(completeEnvironments(options, io));
    });
  return program;
}

/** By the package's own name, because a path from here is another one once the modules are bundled. */
function readVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('magic-hour-keys/package.json');
  return (manifest as { version: string }).version;
}
