import { createRequire } from 'node:module';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import type { GcpTransport } from '@magic-hour-keys/gcp';

interface Gax {
  readonly grpc: { readonly credentials: { createInsecure(): object } };
  readonly googleAuthLibrary: { readonly PassThroughClient: new () => object };
}

/** The SDK's own, which nobody else's will do for. */
const { grpc, googleAuthLibrary } = createRequire(
  createRequire(import.meta.url).resolve('@google-cloud/secret-manager'),
)('google-gax') as Gax;

/** The SDK as an application uses it with an emulator, which asks for no login. */
export function createSdkClient(origin: string, transport: GcpTransport): SecretManagerServiceClient {
  const { hostname: apiEndpoint, port } = new URL(origin);
  const common = { apiEndpoint, port: Number(port), projectId: 'my-project' };
  const options =
    transport === 'grpc'
      ? { sslCreds: grpc.credentials.createInsecure(), auth: { getUniverseDomain: async () => undefined } }
      : { fallback: true, protocol: 'http', authClient: new googleAuthLibrary.PassThroughClient() };
  return new SecretManagerServiceClient({ ...common, ...options } as never);
}
