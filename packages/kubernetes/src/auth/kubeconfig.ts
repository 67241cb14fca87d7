import type { KeyErrorCode, KeyWarning } from '@magic-hour-keys/core';
import type { ProxyEnvironment } from '@magic-hour-keys/core/node';
import type { LoadClientNode } from '../api/load-client-node.ts';
import { checkServer } from '../api/server-address.ts';
import { member, textMember } from '../member.ts';
import type { KubernetesSettings } from '../options.ts';
import type { KubeconfigAuth } from './auth-options.ts';
import type { ClusterLogin, LoginContext, LoginSource } from './cluster-login.ts';
import { createExecPlugin, type Proof } from './exec-plugin.ts';
import { below, kubeconfigPaths, loadContext, type KubeconfigEntry } from './load-kubeconfig.ts';
import { loginError } from './login-error.ts';
import { readLoginFile } from './read-file.ts';

export const SKIP_VERIFY_WARNING: KeyWarning = {
  code: 'kubernetes_skip_verify_ignored',
  message:
    'The kubeconfig says insecure-skip-tls-verify, which has no effect: certificates are always verified. Name the CA in certificate-authority instead.',
};

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'];

/** A kubeconfig, read anew for each login; only what a plugin gave is remembered, for as long as it says. */
export function kubeconfigLogin(
  settings: KubernetesSettings,
  { file, context, allowExec = false }: Omit<KubeconfigAuth, 'method'>,
  load: LoadClientNode,
): LoginSource {
  const plugin = createExecPlugin(settings);

  async function take({ signal, keepsProcessAlive }: LoginContext): Promise<ClusterLogin> {
    const paths = file === undefined ? kubeconfigPaths(settings) : [file];
    const { cluster, user, namespace } = await loadContext(
      await load(),
      { paths, context },
      settings,
      signal,
    );
    const server = checkServer(textMember(cluster.content, 'server') ?? '', settings);
    const [ca, { token, cert, key }] = await Promise.all([
      readPem(cluster, 'certificate-authority', settings, signal),
      prove(user, { signal, keepsProcessAlive }),
    ]);
    const actAs = textMember(user?.content, 'as');
    return {
      server,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(actAs !== undefined && { 'impersonate-user': actAs }),
      },
      tls: { ca, cert, key, servername: textMember(cluster.content, 'tls-server-name') },
      proxies: proxiesOf(cluster, settings),
      namespace,
      warnings:
        member(cluster.content, 'insecure-skip-tls-verify') === true && server.startsWith('https:')
          ? [SKIP_VERIFY_WARNING]
          : [],
    };
  }

  async function prove(user: KubeconfigEntry | undefined, login: LoginContext): Promise<Proof> {
    const exec = member(user?.content, 'exec');
    if (!user || (exec === undefined && member(user.content, 'auth-provider') === undefined)) {
      return user ? readProof(user, settings, login.signal) : {};
    }
    // Auth providers run programs of their own as well; kubectl has dropped all of them but OpenID Connect.
    if (exec === undefined) {
      throw refuse('an auth-provider, which kubectl itself has replaced by exec plugins', PASS_YOUR_OWN);
    }
    if (!allowExec) throw refuse('running a program, which is not allowed', ALLOW_EXEC);
    return plugin.run(exec, user.folder, login);
  }

  function refuse(how: string, hint: string): Error {
    return loginError(settings, 'invalid_config', `the kubeconfig logs in by ${how}`, hint);
  }

  return { take, forget: () => plugin.forget() };
}

const PASS_YOUR_OWN =
  'Use an exec plugin such as kubelogin; or pass a KubeConfig of your own as `kubeConfig`.';
const ALLOW_EXEC =
  'If you trust the file, set `auth` to { method: "kubeconfig", allowExec: true }; or choose another context.';

async function readProof(
  user: KubeconfigEntry,
  settings: KubernetesSettings,
  signal: AbortSignal,
): Promise<Proof> {
  const tokenFile = textMember(user.content, 'tokenFile');
  const [cert, key, token] = await Promise.all([
    readPem(user, 'client-certificate', settings, signal),
    readPem(user, 'client-key', settings, signal),
    // As with kubectl, the file wins.
    tokenFile === undefined
      ? textMember(user.content, 'token')
      : readBelow(user, tokenFile, 'tokenFile', 'unauthenticated', settings, signal),
  ]);
  return { cert, key, token: token?.trim() };
}

/** From the file that is named, or else from the data in base64 beside it. */
async function readPem(
  entry: KubeconfigEntry,
  name: string,
  settings: KubernetesSettings,
  signal: AbortSignal,
): Promise<string | undefined> {
  const data = textMember(entry.content, `${name}-data`);
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  const path = textMember(entry.content, name);
  return path === undefined ? undefined : readBelow(entry, path, name, 'invalid_config', settings, signal);
}

function readBelow(
  { folder }: KubeconfigEntry,
  path: string,
  name: string,
  code: KeyErrorCode,
  settings: KubernetesSettings,
  signal: AbortSignal,
): Promise<string> {
  return readLoginFile(
    { path: below(folder, path), what: `the file that ${name} of the kubeconfig names`, code },
    settings,
    signal,
  );
}

function proxiesOf({ content }: KubeconfigEntry, settings: KubernetesSettings): ProxyEnvironment {
  const proxy = textMember(content, 'proxy-url');
  if (proxy !== undefined) return { HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
  return Object.fromEntries(PROXY_VARIABLES.map((name) => [name, settings.variable(name)]));
}
