// Shaped like a function of AWS Lambda: the provider is made once, outside of the handler, each invocation is one call
// of the handler, and between two of them the process stands still. Nothing here closes the provider, and a rejection
// that nobody handles ends the process with an error.
import { awsKeyProvider } from '@magic-hour-keys/aws';
import { createFetch } from '@magic-hour-keys/http';

const { API_ORIGIN, AWS_ORIGIN, FRESH_MS, MAX_STALE_MS } = process.env;

const provider = awsKeyProvider(
  {
    region: 'us-east-1',
    secretId: 'prod/magic-hour',
    endpoint: AWS_ORIGIN,
    auth: { method: 'static', accessKeyId: { env: 'ID' }, secretAccessKey: { env: 'SECRET' } },
  },
  { freshMs: Number(FRESH_MS), maxStaleMs: Number(MAX_STALE_MS) },
);
const fetch = createFetch(provider, { allowedOrigins: [API_ORIGIN], allowInsecureLoopback: true });

async function handler() {
  const response = await fetch(`${API_ORIGIN}/v1/ai-image-generator`, { method: 'POST', body: '{}' });
  return { status: response.status, body: await response.text() };
}

process.on('message', () => {
  handler().then(
    ({ status }) => process.send({ status }),
    (error) => process.send({ status: String(error) }),
  );
});
process.send('ready');
