import { makeTestKey } from '@magic-hour-keys/testing';
import { startFakeGcp } from '@magic-hour-keys/testing/fakes/gcp';
import { coldStartOf, READ_OURS } from './store-scenario.mjs';

const SDK = '@google-cloud/secret-manager';
const NAME = 'projects/my-project/secrets/magic-hour';
const READ_RAW = `
const [{ payload }] = await client.accessSecretVersion({ name: '${NAME}/versions/latest' });
const headers = { authorization: 'Bearer ' + payload.data.toString() };`;

export const coldStartGcp = coldStartOf({
  name: 'gcp',
  title: 'Google Secret Manager',
  sdk: [SDK],
  pairs: [
    {
      what: 'Google, gRPC without a login',
      raw: [
        `import { createRequire } from 'node:module';`,
        `import { SecretManagerServiceClient } from '${SDK}';`,
        `const { grpc } = createRequire(createRequire(import.meta.url).resolve('${SDK}'))('google-gax');`,
        `const client = new SecretManagerServiceClient({
           apiEndpoint: HOST, port: PORT, projectId: 'my-project', sslCreds: grpc.credentials.createInsecure(),
         });`,
        READ_RAW,
      ],
      ours: [
        `import { gcpKeyProvider } from '@magic-hour-keys/gcp';`,
        `const provider = gcpKeyProvider({ secret: '${NAME}', endpoint: ORIGIN, auth: { method: 'none' } });`,
        READ_OURS,
      ],
    },
    {
      what: 'Google, REST, account of the machine',
      raw: [
        `import { SecretManagerServiceClient } from '${SDK}';`,
        `const client = new SecretManagerServiceClient({
           apiEndpoint: HOST, port: PORT, projectId: 'my-project', fallback: true, protocol: 'http',
         });`,
        READ_RAW,
      ],
      ours: [
        `import { gcpKeyProvider } from '@magic-hour-keys/gcp';`,
        `const provider = gcpKeyProvider({ secret: '${NAME}', endpoint: ORIGIN, transport: 'rest' });`,
        READ_OURS,
      ],
    },
  ],
  async start(folder) {
    const gcp = await startFakeGcp({ needsLogin: false });
    gcp.secrets.put(NAME, makeTestKey());
    const { hostname, port } = new URL(gcp.origin);
    const lines = [
      // No file of a person, and no look at the machine itself.
      `Object.assign(process.env, { HOME: '${folder}', METADATA_SERVER_DETECTION: 'assume-present' });`,
      `process.env.GCE_METADATA_HOST = '${hostname}:${port}';`,
      `const ORIGIN = '${gcp.origin}', HOST = '${hostname}', PORT = ${port};`,
    ];
    return { lines, close: () => gcp.close() };
  },
});
