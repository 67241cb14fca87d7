// A web service that makes images. One provider serves all requests of the process.
import { pathToFileURL } from 'node:url';
import { loadKeyProvider } from '@magic-hour-keys/config';
import { isKeyError } from '@magic-hour-keys/core';
import { createFetch } from '@magic-hour-keys/http';
import express from 'express';

export function createService() {
  const provider = loadKeyProvider(); // reads magic-hour-keys.json; no store is asked yet
  const fetch = createFetch(provider);
  const app = express();
  app.use(express.json());

  app.post('/images', async (request, response) => {
    const answer = await fetch('https://api.magichour.ai/v1/ai-image-generator', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ image_count: 1, style: { prompt: request.body?.prompt } }),
    });
    // What the API says about our key or our credits is no business of our callers.
    if (!answer.ok) return response.status(502).json({ error: `Magic Hour answered ${answer.status}` });
    const { id } = await answer.json();
    return response.status(202).json({ id });
  });

  // Ready as soon as there is a key. From then on it answers from memory, also while the store is down.
  app.get('/readyz', async (_request, response) => {
    const { last4, source } = await provider.getKey();
    response.json({ key: `…${last4}`, source });
  });

  app.use((error, _request, response, next) => {
    if (!isKeyError(error)) return next(error);
    console.error(error.message, error.hint ?? ''); // safe to log: errors of this library never hold a key
    return response.status(503).json({ error: error.code });
  });
  return { app, close: () => provider.close() };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { app, close } = createService();
  const server = app.listen(Number(process.env.PORT ?? 3000), () => {
    console.log(`listening on ${server.address().port}`);
  });
  process.once('SIGTERM', () => server.close(close));
}
