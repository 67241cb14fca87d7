import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import type { LoginFinder, Sdk } from './load-sdk.ts';
import type { GcpSettings } from './options.ts';

/** A client of the SDK that logs in with `auth`. No request is made. */
export function createClient(sdk: Sdk, auth: LoginFinder, settings: GcpSettings): SecretManagerServiceClient {
  const { transport, project } = settings;
  const url = endpointOf(settings);
  const isPlain = url?.protocol === 'http:';
  return new sdk.SecretManagerServiceClient({
    auth,
    projectId: project,
    // Connections are else shared by all clients of the process, and so is one that is dead.
    'grpc.use_local_subchannel_pool': 1,
    ...(transport === 'rest' && { fallback: true, protocol: isPlain ? 'http' : 'https' }),
    ...(url && { apiEndpoint: url.hostname, port: Number(url.port) || (isPlain ? 80 : 443) }),
    ...(isPlain &&
      transport === 'grpc' && {
        grpc: sdk.gax.grpc,
        sslCreds: sdk.gax.grpc.credentials.createInsecure(),
        // Plain text is for this machine alone, where no proxy stands between.
        'grpc.enable_http_proxy': 0,
      }),
  });
}

/** The SDK asks the global endpoint for a regional secret, which does not know it. */
function endpointOf({ endpoint, region }: GcpSettings): URL | undefined {
  if (endpoint !== undefined) return new URL(endpoint);
  if (region === undefined) return undefined;
  const universe = process.env['GOOGLE_CLOUD_UNIVERSE_DOMAIN'] ?? 'googleapis.com';
  return new URL(`https://secretmanager.${region}.rep.${universe}`);
}

/** Whether gRPC goes without TLS, over which it sends no login by itself. */
export function isPlainGrpc({ endpoint, transport }: GcpSettings): boolean {
  return transport === 'grpc' && endpoint?.startsWith('http:') === true;
}
