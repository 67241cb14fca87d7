import * as undici7 from 'undici';
import * as undici6 from 'undici-6';
import { bindDispatcher, createKeyInterceptor } from '@magic-hour-keys/http/undici';
import { loadOptional, signalOf, type ClientUnderTest, type OpenOptions } from './client-under-test.ts';

type Undici = typeof undici7;

const MAJORS: readonly (readonly [string, unknown])[] = [
  ['undici 6', undici6],
  ['undici 7', undici7],
  ['undici 8', await loadOptional('undici-8')],
];

export const undiciClients: readonly ClientUnderTest[] = MAJORS.flatMap(([name, loaded]) => {
  if (loaded === undefined) return [];
  const undici = loaded as Undici;
  const redirect = undici.interceptors.redirect({ maxRedirections: 5 });
  // undici 7 fails for the form of another copy.
  const shared = { redirects: 'followed', FormData: undici.FormData as unknown as typeof FormData } as const;
  return [
    {
      name: `${name}, interceptor inside redirects`,
      ...shared,
      open: async (provider, options) =>
        openClient(
          undici,
          openAgent(undici, options).compose(createKeyInterceptor(provider, options), redirect),
        ),
    },
    {
      name: `${name}, interceptor around redirects`,
      ...shared,
      open: async (provider, options) =>
        openClient(
          undici,
          openAgent(undici, options).compose(redirect, createKeyInterceptor(provider, options)),
        ),
    },
    {
      name: `${name}, bound dispatcher`,
      ...shared,
      async open(provider, options) {
        const agent = openAgent(undici, options);
        bindDispatcher(provider, agent, options);
        return openClient(undici, agent.compose(redirect));
      },
    },
  ] satisfies ClientUnderTest[];
});

function openAgent(undici: Undici, { internet }: OpenOptions): undici7.Dispatcher {
  return new undici.Agent(internet ? { connect: internet.connect } : {});
}

function openClient(
  undici: Undici,
  dispatcher: undici7.Dispatcher,
): Awaited<ReturnType<ClientUnderTest['open']>> {
  return {
    async send(url, sent = {}) {
      const { method, headers, body } = sent;
      const raw = await undici.request(url, {
        dispatcher,
        method: method as 'POST' | undefined,
        headers,
        body: body as string | undefined,
        signal: signalOf(sent),
      } as object);
      return { status: raw.statusCode, body: await raw.body.text(), raw };
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}
