/** What Key Vault says no with. */
export interface AzureRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly innerCode: string | undefined;
}

const BRAND = Symbol('azure refusal');

export function refusal(status: number, code: string, message: string, innerCode?: string): AzureRefusal {
  return Object.assign(new Error(message), { status, code, innerCode, [BRAND]: true });
}

export function isRefusal(error: unknown): error is AzureRefusal {
  return typeof error === 'object' && error !== null && BRAND in error;
}
