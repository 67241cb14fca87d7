import type { KeyErrorCode, KeyFailure } from '@magic-hour-keys/core';
import { codeFromStatus } from '@magic-hour-keys/core/author';
import { hintFor } from './hints.ts';
import { member } from './member.ts';
import type { VaultSettings } from './options.ts';
import { isRefusal, type RefusalReason, type VaultRefusal } from './vault-refusal.ts';

const BY_REASON: Readonly<Partial<Record<RefusalReason, KeyErrorCode>>> = {
  sealed: 'unavailable',
  invalid_token: 'unauthenticated',
  deleted: 'disabled',
  destroyed: 'disabled',
  wrong_engine: 'invalid_config',
  redirected: 'origin_not_allowed',
  malformed: 'unavailable',
  header_required: 'unavailable',
};

/** Statuses that mean something of their own at Vault; the rest is as `codeFromStatus` has it. */
const BY_STATUS: Readonly<Record<number, KeyErrorCode>> = {
  // A replica that has not caught up yet.
  412: 'unavailable',
  // A standby of disaster recovery, and one of performance, that does not answer.
  472: 'unavailable',
  473: 'unavailable',
};

/** Of a login: what would be "no permission" elsewhere means that nobody has logged in. */
const LOGIN_BY_STATUS: Readonly<Record<number, KeyErrorCode>> = {
  400: 'unauthenticated',
  403: 'unauthenticated',
  404: 'invalid_config',
};

/** A raw error of a read as a code and what to do next; undefined for what is none of Vault's. */
export function classifyRefusal(error: unknown, settings: VaultSettings): KeyFailure | undefined {
  if (!isRefusal(error)) return networkFailure(error);
  const code = codeOf(error);
  const { status, retryAfterMs } = error;
  return { code, hint: hintFor(code, error, settings), retryAfterMs, upstream: { status } };
}

function codeOf({ reason, status, path }: VaultRefusal): KeyErrorCode {
  const known = reason && BY_REASON[reason];
  if (known) return known;
  const isLogin = /^auth\/.*\/login$/.test(path);
  return (isLogin ? LOGIN_BY_STATUS[status] : undefined) ?? BY_STATUS[status] ?? codeFromStatus(status);
}

/** A client that was handed in has its own transport; of its error nothing but the system's code is told. */
function networkFailure(error: unknown): KeyFailure | undefined {
  const code = member(error, 'code');
  if (typeof code !== 'string' || !/^E[A-Z_]{3,30}$/.test(code)) return undefined;
  const isTimeout = code === 'ECONNABORTED' || code === 'ETIMEDOUT';
  return {
    code: isTimeout ? 'timeout' : 'unavailable',
    hint: 'Check that Vault can be reached from here by the client that was given.',
    upstream: { name: code },
  };
}
