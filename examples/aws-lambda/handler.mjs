import { awsKeyProvider } from '@magic-hour-keys/aws';
import { createFetch } from '@magic-hour-keys/http';

// Outside of the handler: made once for each instance, and the key stays in memory between invocations. Nothing is read
// here, so a store that is down fails an invocation and not the start. There is no timer that a freeze could delay: how
// old the key is, is asked when it is needed.
const provider = awsKeyProvider({ secretId: process.env.MAGIC_HOUR_SECRET_ID, field: 'apiKey' });
const fetch = createFetch(provider);

export async function handler({ prompt }) {
  const response = await fetch('https://api.magichour.ai/v1/ai-image-generator', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ image_count: 1, style: { prompt } }),
  });
  if (!response.ok) throw new Error(`Magic Hour answered ${response.status}`);
  const { id } = await response.json();
  return { id };
}
