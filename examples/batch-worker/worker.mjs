// One image for each line of a file, a few at a time, by the official SDK.
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { loadKeyProvider } from '@magic-hour-keys/config';
import { createMagicHourClient } from '@magic-hour-keys/http/magic-hour';
import MagicHour from 'magic-hour';

/** Calls `tell` once for each prompt, as soon as it is done. A failure is told and ends nothing. */
export async function renderAll(client, prompts, tell, { parallel = 3 } = {}) {
  const waiting = prompts.values();
  async function work() {
    for (const prompt of waiting) {
      try {
        const image = { imageCount: 1, orientation: 'square', style: { prompt } };
        const { id } = await client.v1.aiImageGenerator.create(image);
        tell({ prompt, id });
      } catch (error) {
        tell({ prompt, error: error.message }); // never holds the key
      }
    }
  }
  await Promise.all(Array.from({ length: parallel }, work));
}

export async function runBatch(file, print, sdkOptions) {
  const prompts = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
  const provider = loadKeyProvider();
  try {
    // Neither `token` nor `apiKey`: the key of the moment is put on each request.
    const client = createMagicHourClient(provider, MagicHour, sdkOptions);
    let failures = 0;
    await renderAll(client, prompts, ({ prompt, id, error }) => {
      if (error) failures += 1;
      print(`${prompt}: ${id ?? error}`);
    });
    return failures;
  } finally {
    await provider.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const failures = await runBatch(process.argv[2] ?? 'prompts.txt', console.log);
  process.exitCode = failures === 0 ? 0 : 1;
}
