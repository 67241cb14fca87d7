import { parseRetryAfter } from '@magic-hour-keys/core/author';
import type { Transport, TransportHead } from '@magic-hour-keys/core/node';
import type { ClusterLogin, LoginContext } from '../auth/cluster-login.ts';
import { createRefusal, type KubernetesRefusal } from '../kubernetes-refusal.ts';
import { member, parseJson } from '../member.ts';
import type { ApiSettings } from '../options.ts';
import type { ClientNode } from './load-client-node.ts';

export interface SecretQuestion {
  readonly login: ClusterLogin;
  readonly namespace: string;
  readonly context: LoginContext;
}

/**
 * Asks for the Secret through client-node, over a transport of ours: one for both of its majors, with keep-alive, a
 * deadline, a cap and no redirects. What is no Secret never gets to client-node, whose error would hold the whole body
 * and every header, and which takes a page of HTML for an empty Secret.
 *
 * @throws KubernetesRefusal, TransportError
 */
export async function askSecret(
  sdk: ClientNode,
  transport: Transport,
  { login, namespace, context: { signal, keepsProcessAlive } }: SecretQuestion,
  settings: ApiSettings,
): Promise<unknown> {
  const httpApi = sdk.wrapHttpLibrary({
    async send(request) {
      const answer = await transport.request({
        method: request.getHttpMethod().toString(),
        url: request.getUrl(),
        headers: { accept: 'application/json', ...login.headers },
        signal,
        keepsProcessAlive,
      });
      if (answer.status !== 200 || member(parseJson(answer.body), 'kind') !== 'Secret') {
        throw refusalOf(answer, answer.body, settings);
      }
      const body = { text: async () => answer.body, binary: async () => Buffer.from(answer.body) };
      return new sdk.ResponseContext(200, { 'content-type': 'application/json' }, body);
    },
  });
  const baseServer = new sdk.ServerConfiguration(login.server, {});
  const api = new sdk.CoreV1Api(sdk.createConfiguration({ baseServer, httpApi }));
  return api.readNamespacedSecret({ name: settings.name, namespace });
}

export function refusalOf(
  { status, headers }: TransportHead,
  body: string | undefined,
  { runtime }: Pick<ApiSettings, 'runtime'>,
): KubernetesRefusal {
  return createRefusal({
    status,
    body,
    retryAfterMs: parseRetryAfter(headers['retry-after'], runtime.wallMs()),
    requestId: headers['audit-id'],
  });
}
