import { startFakeMagicHourApi } from '@magic-hour-keys/testing';
import type { AnswerHook, FakeMagicHourApi } from '@magic-hour-keys/testing';
import type { Addresses } from './cell-run.ts';

export interface Servers {
  readonly api: FakeMagicHourApi;
  readonly foreign: FakeMagicHourApi;
  readonly addresses: Addresses;
  /** The API breaks off every connection from now on. */
  cutConnections(): void;
  close(): Promise<void>;
}

/** A port that needs privileges and that no service uses: one that was just freed may be somebody else's next. */
const CLOSED = 'http://127.0.0.1:2';

export async function startServers(): Promise<Servers> {
  let cuts = false;
  const api = await startFakeMagicHourApi({ onRequest: () => (cuts ? 'disconnect' : undefined) });
  const foreign = await startFakeMagicHourApi();
  const broken = await startFakeMagicHourApi({ onRequest: failAsAsked });
  return {
    api,
    foreign,
    addresses: { api: api.origin, foreign: foreign.origin, closed: CLOSED, broken: broken.origin },
    cutConnections() {
      cuts = true;
    },
    async close() {
      await Promise.all([api, foreign, broken].map((server) => server.close()));
    },
  };
}

/** The end of the path says how; `echo` is the server that quotes the request in its error, as proxies do. */
const failAsAsked: AnswerHook = ({ path, headers }) => {
  if (path.endsWith('/cut')) return 'disconnect';
  if (path.endsWith('/echo'))
    return { status: 500, json: { errors: [`refused: ${JSON.stringify(headers)}`] } };
  return { status: path.endsWith('/401') ? 401 : 500, json: { errors: ['refused'] } };
};
