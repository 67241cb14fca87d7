import type { Authorizer } from '../authorizer.ts';

/** The options of the next hop, as follow-redirects is about to use them. */
interface NextHop {
  readonly href?: string;
  readonly headers?: Record<string, unknown>;
}

export type BeforeRedirect = (next: NextHop, ...others: unknown[]) => void;

export interface RedirectingConfig {
  beforeRedirect?: BeforeRedirect;
}

/**
 * Takes the key off when the next hop is no place for it. follow-redirects does so by itself only for some, and
 * depending on its version. Runs after the caller's own hook, which may change the hop.
 *
 * @returns what puts the config back as it was, because it is shown in responses and errors.
 */
export function guardRedirects(
  config: RedirectingConfig,
  authorizer: Pick<Authorizer, 'allows'>,
): () => void {
  const own = Object.getOwnPropertyDescriptor(config, 'beforeRedirect');
  const { beforeRedirect: callers } = config;
  config.beforeRedirect = (next, ...others) => {
    callers?.(next, ...others);
    if (next.href !== undefined && authorizer.allows(next.href)) return;
    for (const name of Object.keys(next.headers ?? {})) {
      if (name.toLowerCase() === 'authorization') delete next.headers?.[name];
    }
  };
  return () => {
    if (own) Object.defineProperty(config, 'beforeRedirect', own);
    else delete config.beforeRedirect;
  };
}
