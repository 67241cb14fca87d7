import { execFile } from 'node:child_process';
import type { CliIo } from './io.ts';

/**
 * From 7.83 on curl takes a header of the user off where a redirect leaves host, port or protocol; before, only where
 * it leaves the host (CVE-2022-27774). True as well where there is no curl: that is told by running it.
 */
export async function dropsHeadersOnRedirects({ env, cwd }: CliIo): Promise<boolean> {
  const text = await new Promise<string>((resolve) => {
    execFile('curl', ['--disable', '--version'], { env: { ...env }, cwd }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
  const [, major = '99', minor = '0'] = /^curl (\d+)\.(\d+)/.exec(text) ?? [];
  return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 83);
}
