import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, exitCodeOf } from '../../packages/cli/dist/exit-codes.js';
import { renderTable } from './markdown-table.mjs';
import { ROOT } from './workspace.mjs';

/** By the names in `EXIT`: what it means, and what to do. */
const MEANINGS = {
  ok: ['ok', ''],
  findings: ['`scan` found a key, or `doctor` something', 'do what it says; delete a key that was seen'],
  usage: [
    'the command was not understood, or a key stood among the arguments',
    'read the message; revoke the key',
  ],
  noInput: [
    'there is no key, or it is switched off; or what was named is not there',
    'put one where the message says',
  ],
  unavailable: ['the store can not be reached', 'look at the network, or at the store'],
  software: ['a fault of this program', 'report it'],
  tryAgain: ['the store is slow, or asks to slow down', 'try again later'],
  permission: [
    'the store refuses access, or does not know us',
    'grant the permission that the message names',
  ],
  config: [
    'the configuration is wrong, or what is stored is no key',
    'correct what the message names; `mhk check`',
  ],
};

/** The table of exit codes, with the error codes that end with each. */
export function renderExitCodes() {
  const names = Object.keys(EXIT);
  const missing = names.filter((name) => !Object.hasOwn(MEANINGS, name));
  if (missing.length > 0) throw new Error(`exit codes without a meaning: ${missing.join()}`);
  const errorCodes = readdirSync(join(ROOT, 'docs/errors'))
    .filter((file) => file !== 'README.md')
    .map((file) => file.replace(/\.md$/, ''));
  const rows = names.map((name) => {
    const errors = errorCodes.filter((code) => exitCodeOf(code) === EXIT[name]);
    return [
      String(EXIT[name]),
      MEANINGS[name][0],
      errors.map((code) => `\`${code}\``).join(' '),
      MEANINGS[name][1],
    ];
  });
  return renderTable(['Code', 'Meaning', 'Errors', 'What to do'], rows);
}
