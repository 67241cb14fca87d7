import { optionalImport } from '@magic-hour-keys/core/author';
import { textMember } from '../member.ts';
import { CLIENT_PACKAGE, type KubernetesSettings } from '../options.ts';

export type ClientNode = typeof import('@kubernetes/client-node');
export type LoadClientNode = () => Promise<ClientNode>;

/** The undici of client-node 2 needs what came with Node 22.15. */
const FIRST_NODE_FOR_TWO = [22, 15] as const;
const RANGE_BEFORE = '^1.2.0';

/** @returns a function that loads the SDK once; after a failure it tries again. @throws KeyError `invalid_config` */
export function createLoader(settings: Pick<KubernetesSettings, 'location'>): LoadClientNode {
  let loading: Promise<ClientNode> | undefined;
  return () => {
    const where = { source: 'kubernetes', location: settings.location };
    loading ??= optionalImport(load, requirementFor(process.versions.node), where).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

async function load(): Promise<ClientNode> {
  if (!isNewEnough(process.versions.node) && (await isTwo())) throw new TypeError('made for a newer Node');
  return import('@kubernetes/client-node');
}

/**
 * On an older Node the import of client-node 2 fails more than once: the first time for whoever asked for it, and then
 * as an unhandled rejection, which ends the process (measured: 2.0.1 on Node 20.20). So it is not even tried.
 */
async function isTwo(): Promise<boolean> {
  try {
    const { createRequire } = await import('node:module');
    const manifest: unknown = createRequire(import.meta.url)('@kubernetes/client-node/package.json');
    return Number.parseInt(textMember(manifest, 'version') ?? '', 10) >= 2;
  } catch {
    return false;
  }
}

export function requirementFor(node: string): typeof CLIENT_PACKAGE {
  return isNewEnough(node) ? CLIENT_PACKAGE : { ...CLIENT_PACKAGE, range: RANGE_BEFORE };
}

function isNewEnough(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [firstMajor, firstMinor] = FIRST_NODE_FOR_TWO;
  return major > firstMajor || (major === firstMajor && minor >= firstMinor);
}
