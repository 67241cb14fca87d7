import type { Gax } from '../load-sdk.ts';

const ADDRESSES = ['http://169.254.169.254', 'http://metadata.google.internal.'];
const PATH = '/computeMetadata/v1/instance/';
const FLAVOR = 'metadata-flavor';
/** What google-auth-library allows. Where it is, it answers within milliseconds; elsewhere nobody answers at all. */
const LIMIT_MS = 3000;

/**
 * Whether there is a metadata server that gives out an account, by the rules of google-auth-library. The library's own
 * look keeps its first answer for the life of the process, so that a pod whose metadata server starts late never gets
 * a login, and it writes a MetadataLookupWarning to the console.
 */
export async function hasMetadataServer({ googleAuthLibrary }: Gax): Promise<boolean> {
  const { env } = process;
  const residency = (): boolean => googleAuthLibrary.gcpMetadata.getGCPResidency();
  switch (env['METADATA_SERVER_DETECTION']?.trim().toLowerCase() ?? '') {
    case 'none':
      return false;
    case 'assume-present':
      return true;
    case 'bios-only':
      return residency();
    case 'ping-only':
      return ping();
    default:
      return residency() || ping();
  }
}

async function ping(): Promise<boolean> {
  const { env } = process;
  const given = env['GCE_METADATA_IP'] ?? env['GCE_METADATA_HOST'];
  const addresses =
    given === undefined ? ADDRESSES : [/^https?:\/\//.test(given) ? given : `http://${given}`];
  const { createTransport } = await import('@magic-hour-keys/core/node');
  // No proxy stands between a machine and its metadata server.
  const transport = createTransport({ environment: {} });
  const signal = AbortSignal.timeout(LIMIT_MS);
  try {
    const answers = addresses.map(async (address) => {
      const url = new URL(PATH, address);
      const request = { method: 'GET', url, headers: { [FLAVOR]: 'Google' }, signal };
      const { headers } = await transport.request(request);
      if (headers[FLAVOR] !== 'Google') throw new Error('something else answered');
    });
    await Promise.any(answers);
    return true;
  } catch {
    return false;
  } finally {
    transport.close();
  }
}
