#!/usr/bin/env node
import { main } from './main.ts';

// Whoever reads our output may stop before its end, as `head` does; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
// Not process.exit(), which would cut off what is still being written to a pipe.
process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  // Only where somebody asks: to open them takes time, and a program that is run reads stdin itself.
  get stderr() {
    return process.stderr;
  },
  get stdin() {
    return process.stdin;
  },
  env: process.env,
  cwd: process.cwd(),
});
