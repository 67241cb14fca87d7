export type Capability = 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list';

export interface PolicyRule {
  /** As in HCL: `*` at the end is any rest, `+` is any one segment. */
  readonly path: string;
  readonly capabilities: readonly (Capability | 'deny')[];
}

/** What every token may do with itself, unless it was made without the policy `default`. */
export const DEFAULT_POLICY: readonly PolicyRule[] = [
  { path: 'auth/token/lookup-self', capabilities: ['read'] },
  { path: 'auth/token/renew-self', capabilities: ['update'] },
  { path: 'auth/token/revoke-self', capabilities: ['update'] },
];

export function isAllowed(rules: readonly PolicyRule[], path: string, wanted: Capability): boolean {
  const matching = rules.filter((rule) => patternOf(rule.path).test(path));
  if (matching.some((rule) => rule.capabilities.includes('deny'))) return false;
  return matching.some((rule) => rule.capabilities.includes(wanted));
}

/** Vault tells about a mount to whoever may do anything below it. */
export function reaches(rules: readonly PolicyRule[], mountPath: string): boolean {
  return rules.some(({ path, capabilities }) => {
    if (capabilities.every((capability) => capability === 'deny')) return false;
    const fixed = path.replace(/[*+].*$/, '');
    return fixed.startsWith(mountPath) || mountPath.startsWith(fixed);
  });
}

function patternOf(path: string): RegExp {
  const text = path
    .replaceAll(/[.?^${}()|[\]\\]/g, String.raw`\$&`)
    .replace(/\*$/, '.*')
    .replaceAll('+', '[^/]+');
  return new RegExp(`^${text}$`);
}
