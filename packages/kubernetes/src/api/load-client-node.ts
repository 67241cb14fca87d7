import { optionalImport } from '@magic-hour-keys/core/author';
import { CLIENT_NODE, type KubernetesSettings } from '../options.ts';

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
    loading ??= optionalImport(() => import('@kubernetes/client-node'), requirement(), where).catch(
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
}

/** On an older Node the newest version loads with "Cannot read properties of undefined" alone. */
function requirement(): typeof CLIENT_NODE {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [firstMajor, firstMinor] = FIRST_NODE_FOR_TWO;
  const isNewEnough = major > firstMajor || (major === firstMajor && minor >= firstMinor);
  return isNewEnough ? CLIENT_NODE : { ...CLIENT_NODE, range: RANGE_BEFORE };
}
