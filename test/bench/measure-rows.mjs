import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROW_LIMIT_MS = 90_000;
const ROW_PROCESS = fileURLToPath(new URL('./row-process.mjs', import.meta.url));

/**
 * Measures each row in a process of its own.
 *
 * @param atOnce how many of them run side by side; 1 where the row keeps a processor busy
 * @returns one result for each row, in their order; `{ failure }` where there is none
 */
export async function measureRows(scenarioName, rows, atOnce = 1) {
  const results = new Map();
  const waiting = [...rows];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        results.set(row, await measureRow(scenarioName, row));
      }
    }),
  );
  return rows.map((row) => results.get(row));
}

function measureRow(scenarioName, { name }) {
  return new Promise((resolve) => {
    const child = fork(ROW_PROCESS, [scenarioName, name], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    const limit = setTimeout(() => child.kill('SIGKILL'), ROW_LIMIT_MS);
    child.once('message', resolve);
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      resolve({ failure: errorLine(said) ?? `ended with ${signal ?? code} and no result` });
    });
  });
}

function errorLine(text) {
  return text.split('\n').find((line) => /Error/.test(line));
}
