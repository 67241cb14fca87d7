import { Argument, type Command } from 'commander';
import type { CheckOptions } from './commands/check.ts';
import type { CompletionOptions } from './commands/completion.ts';
import type { CurlOptions } from './commands/curl.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import type { ExecOptions } from './commands/exec.ts';
import type { ExplainOptions } from './commands/explain.ts';
import type { GetOptions } from './commands/get.ts';
import type { HeaderOptions } from './commands/header.ts';
import type { InitOptions } from './commands/init.ts';
import type { ScanOptions } from './commands/scan.ts';
import type { StatusOptions } from './commands/status.ts';
import { ENVIRONMENTS_COMMAND, SHELLS, type Shell } from './completion/shells.ts';
import type { EnvironmentOptions } from './environment-options.ts';
import type { CliIo } from './io.ts';

/** Names, options and texts of one command; its own code is loaded when it runs. */
type AddCommand = (program: Command, io: CliIo, finish: (exitCode: number) => void) => void;

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

const addInit: AddCommand = (program, io, finish) => {
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
};

const addGet: AddCommand = (program, io, finish) => {
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
};

const addCheck: AddCommand = (program, io, finish) => {
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
};

const addExplain: AddCommand = (program, io, finish) => {
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
};

const addStatus: AddCommand = (program, io, finish) => {
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
};

const addDoctor: AddCommand = (program, io, finish) => {
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
};

const addCurl: AddCommand = (program, io, finish) => {
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
};

const addHeader: AddCommand = (program, io, finish) => {
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
};

const addExec: AddCommand = (program, io, finish) => {
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
};

const addScan: AddCommand = (program, io, finish) => {
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
};

const addCompletion: AddCommand = (program, io, finish) => {
  program
    .command('completion')
    .description('print what makes a shell complete the commands, options and environments of mhk')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .option(...JSON_OPTION)
    .action(async (shell: Shell, options: CompletionOptions) => {
      const { completion } = await import('./commands/completion.ts');
      finish(completion(shell, options, program, io));
    });
};

const addCompleteEnvironments: AddCommand = (program, io, finish) => {
  program
    .command(ENVIRONMENTS_COMMAND, { hidden: true })
    .option(...CONFIG_OPTION)
    .action(async (options: EnvironmentOptions) => {
      const { completeEnvironments } = await import('./commands/completion.ts');
      finish(completeEnvironments(options, io));
    });
};

/** In the order in which `--help` lists them. */
export const ALL_COMMANDS: readonly AddCommand[] = [
  addInit,
  addGet,
  addCheck,
  addExplain,
  addStatus,
  addDoctor,
  addCurl,
  addHeader,
  addExec,
  addScan,
  addCompletion,
  addCompleteEnvironments,
];
