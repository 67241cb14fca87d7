import {
  KeyError,
  type KeyFailure,
  type KeyReading,
  type KeyWarning,
  type ReadContext,
} from '@magic-hour-keys/core';
import { transportFailure } from '@magic-hour-keys/core/node';
import { isSameLogin, type ClusterLogin, type LoginContext } from '../auth/cluster-login.ts';
import { createLogin } from '../auth/create-login.ts';
import { isRefusal } from '../kubernetes-refusal.ts';
import type { ApiSettings } from '../options.ts';
import { askSecret } from './ask-secret.ts';
import { createLoader } from './load-client-node.ts';
import { pickKey } from './pick-key.ts';
import { createTransportPool } from './transport-pool.ts';
import { watchSecret } from './watch-secret.ts';

/** One Secret at one API server. */
export interface SecretReader {
  read(context: ReadContext): Promise<KeyReading>;
  watch(onChange: () => void, signal: AbortSignal): Promise<void>;
  classify(error: unknown): KeyFailure | undefined;
  close(): void;
}

/** Opens nothing yet. */
export function createSecretReader(settings: ApiSettings): SecretReader {
  const load = createLoader(settings);
  const logins = createLogin(settings, load);
  const transports = createTransportPool();
  let seen: string | undefined;
  let isClosed = false;

  async function ask(login: ClusterLogin, context: LoginContext): Promise<unknown> {
    const sdk = await load();
    const namespace = namespaceOf(login, settings);
    return transports.use(login, (transport) =>
      askSecret(sdk, transport, { login, namespace, context }, settings),
    );
  }

  /** A token that has ended may have been replaced already, while the old one was on its way. */
  async function askTwice(login: ClusterLogin, context: LoginContext): Promise<unknown> {
    try {
      return await ask(login, context);
    } catch (raw) {
      if (!isRefusal(raw) || raw.status !== 401) throw raw;
      logins.forget();
      const other = await logins.take(context);
      if (isSameLogin(login, other)) throw raw;
      return ask(other, context);
    }
  }

  return {
    async read({ signal, reason }) {
      if (isClosed) throw new KeyError({ code: 'closed', source: 'kubernetes', location: settings.location });
      // Nobody waits for a read in the background.
      const context = { signal, keepsProcessAlive: reason !== 'aged' };
      const login = await logins.take(context);
      signal.throwIfAborted();
      const reading = pickKey(await askTwice(login, context), settings);
      seen = reading.version;
      const warnings = [...login.warnings, ...debugWarnings()];
      return warnings.length > 0 ? { ...reading, warnings } : reading;
    },
    async watch(onChange, signal) {
      const login = await logins.take({ signal, keepsProcessAlive: false });
      if (signal.aborted) return;
      const namespace = namespaceOf(login, settings);
      await transports
        .use(login, (transport) =>
          watchSecret(transport, { login, namespace, seen: () => seen, onChange, signal }, settings),
        )
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
    },
    classify: transportFailure,
    close() {
      isClosed = true;
      transports.close();
    },
  };
}

function namespaceOf(login: ClusterLogin, settings: ApiSettings): string {
  return settings.namespace ?? login.namespace ?? 'default';
}

/** That of the process itself, whatever stands for its environment here. */
function debugWarnings(): readonly KeyWarning[] {
  if (!/(^|[,\s])(https?|\*)([,\s]|$)/i.test(process.env['NODE_DEBUG'] ?? '')) return [];
  return [
    {
      code: 'node_debug_prints_headers',
      message: 'NODE_DEBUG makes Node print the headers of requests, and so the token. Unset it.',
    },
  ];
}
