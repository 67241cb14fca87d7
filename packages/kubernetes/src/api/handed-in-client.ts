import { parseRetryAfter } from '@magic-hour-keys/core/author';
import { createRefusal, isRefusal } from '../kubernetes-refusal.ts';
import { member, textMember } from '../member.ts';
import type { ApiSettings, KubernetesClient } from '../options.ts';

/** A client of the application's own: its server, login and transport are its own matter, and it is never closed. */
export async function askHandedIn(client: KubernetesClient, settings: ApiSettings): Promise<unknown> {
  const { name, namespace = 'default' } = settings;
  try {
    return await client.readNamespacedSecret({ name, namespace });
  } catch (raw) {
    throw refusalOf(raw, settings);
  }
}

/** The message of client-node's error has the whole body and every header in it; nothing of that is passed on. */
function refusalOf(raw: unknown, { runtime }: ApiSettings): unknown {
  const status = member(raw, 'code');
  if (isRefusal(raw) || typeof status !== 'number') return raw;
  const headers = member(raw, 'headers');
  const body = member(raw, 'body');
  return createRefusal({
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body ?? ''),
    retryAfterMs: parseRetryAfter(textMember(headers, 'retry-after'), runtime.wallMs()),
    requestId: textMember(headers, 'audit-id'),
  });
}
