// A service that makes images, with nothing but node:http.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { loadKeyProvider } from '@magic-hour-keys/config';
import { createFetch } from '@magic-hour-keys/http';

const provider = loadKeyProvider();
const fetch = createFetch(provider);

const server = createServer((request, response) => {
  const answer = request.url === '/readyz' ? checkReady() : makeImage(request);
  answer.then(
    ([status, body]) => send(response, status, body),
    (error) => send(response, 503, { error: error.code ?? 'internal' }),
  );
});
server.listen(Number(process.env.PORT), () => console.log(`listening on ${server.address().port}`));

// Kubernetes sends SIGTERM and waits for terminationGracePeriodSeconds.
process.once('SIGTERM', () => server.close(() => void provider.close()));

async function checkReady() {
  const { last4, source } = await provider.getKey(); // from memory, once it was read
  return [200, { key: `…${last4}`, source }];
}

async function makeImage(request) {
  const { prompt } = await json(request);
  const answer = await fetch('https://api.magichour.ai/v1/ai-image-generator', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ image_count: 1, style: { prompt } }),
  });
  if (!answer.ok) return [502, { error: `Magic Hour answered ${answer.status}` }];
  const { id } = await answer.json();
  return [202, { id }];
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
