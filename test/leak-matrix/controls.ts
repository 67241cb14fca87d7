import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import axios from 'axios';
import { got } from 'got';
import createVault from 'node-vault';
import type { Canaries } from './canaries.ts';

/** Code without this library. Each of them shows a secret, and a matrix that does not see it is blind. */
export interface Control {
  readonly name: string;
  /** Whether it shows only in what the process prints by itself, or leaves behind. */
  readonly inChildAlone?: boolean | undefined;
  /** Rejects with what the client throws. */
  run(setting: ControlSetting): Promise<unknown>;
}

export interface ControlSetting {
  readonly canaries: Canaries;
  /** The origin of a server that fails as the path says. */
  readonly broken: string;
}

export const CONTROLS: readonly Control[] = [
  ...['401', '500', 'cut', 'echo'].flatMap((failure): Control[] => [
    {
      name: `axios, ${failure}`,
      run: ({ canaries, broken }) => axios.get(`${broken}/${failure}`, { headers: bearer(canaries) }),
    },
    {
      name: `got, ${failure}`,
      run: ({ canaries, broken }) =>
        got(`${broken}/${failure}`, { headers: bearer(canaries), retry: { limit: 0 } }).text(),
    },
  ]),
  ...['cut', 'echo'].map((failure): Control => ({
    name: `node-vault, ${failure}`,
    run: ({ canaries, broken }) =>
      createVault({ endpoint: broken, token: canaries.credential }).read(failure),
  })),
  {
    name: 'fetch, a line break inside the key',
    run: ({ canaries: { key }, broken }) =>
      fetch(broken, { headers: { Authorization: `Bearer ${key.slice(0, 20)}\n${key.slice(20)}` } }),
  },
  {
    name: 'Headers.set, a line break inside the key',
    run: async ({ canaries: { key } }) => new Headers().set('Authorization', `Bearer ${key}\0`),
  },
  {
    name: 'node-vault, 500, with DEBUG=*',
    inChildAlone: true,
    run: ({ canaries, broken }) => createVault({ endpoint: broken, token: canaries.credential }).read('500'),
  },
  {
    name: 'node:http, with NODE_DEBUG=*',
    inChildAlone: true,
    run: ({ canaries, broken }) =>
      new Promise((resolve) => request(broken, { headers: bearer(canaries) }, resolve).end()),
  },
  {
    name: 'a file that was left behind',
    inChildAlone: true,
    run: ({ canaries }) => writeFile('left-behind.txt', canaries.key),
  },
  {
    name: 'console.log',
    inChildAlone: true,
    run: async ({ canaries }) => console.log(canaries.key),
  },
  {
    name: 'JSON.parse of what is no JSON',
    run: async ({ canaries: { body } }): Promise<unknown> => JSON.parse(body),
  },
];

function bearer({ credential }: Canaries): { Authorization: string } {
  return { Authorization: `Bearer ${credential}` };
}
