import { textMember } from '../member.ts';
import type { KubernetesConfig, KubernetesSettings } from '../options.ts';
import { checkServer } from '../api/server-address.ts';
import type { ClusterLogin, LoginSource } from './cluster-login.ts';
import { SKIP_VERIFY_WARNING } from './kubeconfig.ts';
import { loginError } from './login-error.ts';

/** A KubeConfig of the application's own: whatever it logs in with, plugins and OpenID Connect too, is its own matter. */
export function givenLogin(config: KubernetesConfig, settings: KubernetesSettings): LoginSource {
  async function take(signal: AbortSignal): Promise<ClusterLogin> {
    const cluster = config.getCurrentCluster();
    const server = textMember(cluster, 'server');
    if (server === undefined) {
      throw loginError(
        settings,
        'invalid_config',
        'the KubeConfig that was given has no active cluster',
        'Load it and choose a context before it is given as `kubeConfig`.',
      );
    }
    const options: Record<string, unknown> = {};
    await apply(config, options, settings);
    signal.throwIfAborted();
    const given = Object.entries((options['headers'] ?? {}) as Record<string, unknown>);
    const headers = given
      .filter(([, value]) => typeof value === 'string')
      .map(([name, value]) => [name.toLowerCase(), String(value).trim()]);
    const proxy = textMember(cluster, 'proxyUrl');
    return {
      server: checkServer(server, settings),
      headers: Object.fromEntries(headers) as Record<string, string>,
      tls: {
        ca: pem(options, 'ca'),
        cert: pem(options, 'cert'),
        key: pem(options, 'key'),
        servername: textMember(options, 'servername'),
      },
      proxies: proxy === undefined ? {} : { HTTPS_PROXY: proxy, HTTP_PROXY: proxy },
      namespace: textMember(config.getContextObject?.(config.getCurrentContext?.() ?? ''), 'namespace'),
      warnings:
        options['rejectUnauthorized'] === false && server.startsWith('https:') ? [SKIP_VERIFY_WARNING] : [],
    };
  }

  return { take: ({ signal }) => take(signal), forget: () => undefined };
}

async function apply(config: KubernetesConfig, options: object, settings: KubernetesSettings): Promise<void> {
  try {
    await config.applyToHTTPSOptions(options);
  } catch {
    // It may be the output of a plugin, or an answer of an identity provider.
    throw loginError(
      settings,
      'unauthenticated',
      'the KubeConfig that was given could not log in',
      'See that the same context works with: kubectl auth whoami',
    );
  }
}

/** client-node gives what it has read from files as bytes. */
function pem(options: Record<string, unknown>, name: string): string | undefined {
  const value = options[name];
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : textMember(options, name);
}
