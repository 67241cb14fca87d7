// A small application, to be bundled: it asks for one image with the key of the environment that its argument names.
import { loadKeyProvider } from '@magic-hour-keys/config';
import { createFetch } from '@magic-hour-keys/http';

const { API_ORIGIN, AWS_ORIGIN } = process.env;
const config = {
  environments: {
    development: { source: 'env', variable: 'PACKED_KEY', files: ['key.env'] },
    production: {
      source: 'aws',
      region: 'us-east-1',
      secretId: 'prod/magic-hour',
      field: 'apiKey',
      endpoint: AWS_ORIGIN,
      auth: { method: 'static', accessKeyId: { env: 'ID' }, secretAccessKey: { env: 'SECRET' } },
    },
  },
};

// No top-level await: CommonJS bundles have none.
async function main() {
  const provider = loadKeyProvider({ config, environment: process.argv[2] });
  const fetch = createFetch(provider, { allowedOrigins: [API_ORIGIN], allowInsecureLoopback: true });
  const response = await fetch(`${API_ORIGIN}/v1/ai-image-generator`, { method: 'POST', body: '{}' });
  process.stdout.write(`${response.status}`);
  await provider.close();
}

void main();
