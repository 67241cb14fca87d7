import { randomUUID } from 'node:crypto';

/** What goes over the wire. `json` wins over `text`. */
export interface VaultAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
  readonly text?: string | undefined;
}

interface Envelope {
  readonly data?: unknown;
  readonly auth?: unknown;
  readonly warnings?: readonly string[] | undefined;
}

/** The envelope that Vault puts around every answer with content. */
export function envelope(content: Envelope, status = 200): VaultAnswer {
  const { data = null, auth = null, warnings = null } = content;
  return {
    status,
    json: {
      request_id: randomUUID(),
      lease_id: '',
      renewable: false,
      lease_duration: 0,
      data,
      wrap_info: null,
      warnings,
      auth,
    },
  };
}

export function refuse(status: number, ...errors: string[]): VaultAnswer {
  return { status, json: { errors } };
}

export const NO_CONTENT: VaultAnswer = { status: 204 };
export const NOT_FOUND: VaultAnswer = refuse(404);
export const PERMISSION_DENIED: VaultAnswer = refuse(403, '1 error occurred:\n\t* permission denied\n\n');

/** What newer versions say of a token that they do not know; older ones say "permission denied" alone. */
export const INVALID_TOKEN: VaultAnswer = refuse(
  403,
  '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n',
);

export function noHandler(path: string): VaultAnswer {
  return refuse(404, `no handler for route "${path}". route entry not found.`);
}

/** Instead of the right answer: another one, a connection that is cut, or no answer at all until `release()`. */
export type VaultFault = VaultAnswer | 'disconnect' | 'hang';
