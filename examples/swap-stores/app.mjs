// The application. It knows neither where the key is kept nor that there are environments.
import { loadKeyProvider } from '@magic-hour-keys/config';
import { createFetch } from '@magic-hour-keys/http';

const provider = loadKeyProvider();
const fetch = createFetch(provider);

const response = await fetch('https://api.magichour.ai/v1/ai-image-generator', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ image_count: 1, style: { prompt: 'A lighthouse at dawn' } }),
});
console.log(response.status);
await provider.close();
