import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { env } from 'node:process';

const require = createRequire(import.meta.url);

/** The package as its newest version describes itself; older ones lack some of it. */
type Sdk = typeof import('magic-hour');

export interface SdkUnderTest extends Sdk {
  /** Such as `magic-hour 0.43.1`. */
  readonly name: string;
  readonly version: string;
  /** Whether its clients wait for a result, upload and download by themselves. */
  readonly canGenerate: boolean;
}

export type MagicHourClient = InstanceType<Sdk['default']>;

/** The oldest and the newest that are published; `MAGIC_HOUR_SDK` names the file of another one instead. */
export const SDKS: readonly SdkUnderTest[] = env['MAGIC_HOUR_SDK']
  ? [load(env['MAGIC_HOUR_SDK'])]
  : [load(require.resolve('magic-hour-0-33')), load(require.resolve('magic-hour'))];

export const GENERATING_SDKS = SDKS.filter(({ canGenerate }) => canGenerate);

/** By `require`, which gives the same whether or not somebody has unwrapped its `default`. */
function load(file: string): SdkUnderTest {
  const sdk = require(file) as Sdk;
  const manifest = readFileSync(join(dirname(file), '../package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const canGenerate = 'generate' in new sdk.default().v1.aiImageGenerator;
  return { ...sdk, name: `magic-hour ${version}`, version, canGenerate };
}
