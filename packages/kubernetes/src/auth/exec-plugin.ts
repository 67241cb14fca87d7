import { sep } from 'node:path';
import { listMember, member, parseJson, textMember } from '../member.ts';
import type { KubernetesSettings } from '../options.ts';
import type { LoginContext } from './cluster-login.ts';
import { below } from './load-kubeconfig.ts';
import { loginError } from './login-error.ts';
import { runProgram } from './run-program.ts';

/** What proves who asks: a token, a client certificate, or nothing. */
export interface Proof {
  readonly token?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface ExecPlugin {
  /** @throws KeyError `unauthenticated`, `invalid_config` */
  run(exec: unknown, folder: string, context: LoginContext): Promise<Proof>;
  forget(): void;
}

interface Remembered {
  readonly command: string;
  readonly proof: Proof;
  readonly endsMs: number;
}

const KNOWN_VERSION = /^client\.authentication\.k8s\.io\/v1(beta1)?$/;
/** A token that ends while it is on its way is of no use. */
const MARGIN_MS = 10_000;

/**
 * Runs the program that a kubeconfig names, as client-go does (kubernetes.io, "client-go credential plugins"). Not left
 * to client-node, whose run can't be ended, puts what the program printed into its error, and is remembered for ever or
 * not at all where the program names no end.
 */
export function createExecPlugin(settings: KubernetesSettings): ExecPlugin {
  let remembered: Remembered | undefined;

  return {
    async run(exec, folder, { signal, keepsProcessAlive }) {
      const { command, args, env, version } = parseExec(exec, folder, settings);
      const same = JSON.stringify([command, args, env]);
      const nowMs = settings.runtime.wallMs();
      if (remembered?.command === same && nowMs < remembered.endsMs) return remembered.proof;
      const info = { apiVersion: version, kind: 'ExecCredential', spec: { interactive: false } };
      const output = await runProgram(command, args, {
        // The process's own environment, as kubectl passes it: PATH, HOME and what the cloud's command line needs.
        env: { ...process.env, ...settings.env, ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
        signal,
        keepsProcessAlive,
      });
      if (!output.isOk) {
        throw loginError(
          settings,
          output.isMissing ? 'invalid_config' : 'unauthenticated',
          `the program ${command} that the kubeconfig names ${output.isMissing ? 'is not installed' : 'failed'}`,
          output.isMissing
            ? `Install ${command}, or correct its path in the kubeconfig.`
            : `See what it says: ${command} ${args.join(' ')}`.trim(),
        );
      }
      const { proof, endsMs } = parseCredential(output.text, command, settings);
      remembered = { command: same, proof, endsMs };
      return proof;
    },
    forget() {
      remembered = undefined;
    },
  };
}

function parseExec(
  exec: unknown,
  folder: string,
  settings: KubernetesSettings,
): { command: string; args: readonly string[]; env: Record<string, string>; version: string } {
  const command = member(exec, 'command');
  const version = member(exec, 'apiVersion');
  if (typeof command !== 'string' || command === '') throw wrong(settings, 'names no command to log in with');
  if (typeof version !== 'string' || !KNOWN_VERSION.test(version)) {
    throw wrong(settings, 'has an exec plugin of a version that is not known here');
  }
  if (member(exec, 'interactiveMode') === 'Always') {
    throw wrong(settings, 'has an exec plugin that needs a person at the keyboard');
  }
  const args = listMember(exec, 'args').filter((text) => typeof text === 'string');
  const named = listMember(exec, 'env').filter((entry) => textMember(entry, 'name') !== undefined);
  const env = named.map((entry) => [textMember(entry, 'name') ?? '', textMember(entry, 'value') ?? '']);
  return {
    // A bare name is looked up in PATH; a path is relative to the file that it stands in.
    command: command.includes(sep) || command.includes('/') ? below(folder, command) : command,
    args,
    env: Object.fromEntries(env) as Record<string, string>,
    version,
  };
}

function parseCredential(
  text: string,
  command: string,
  settings: KubernetesSettings,
): { proof: Proof; endsMs: number } {
  const status = member(parseJson(text), 'status');
  const [token, cert, key] = ['token', 'clientCertificateData', 'clientKeyData'].map((name) => {
    const value = member(status, name);
    return typeof value === 'string' && value !== '' ? value.trim() : undefined;
  });
  if (token === undefined && (cert === undefined || key === undefined)) {
    throw loginError(
      settings,
      'unauthenticated',
      `the program ${command} that the kubeconfig names gave no token`,
      'It must print an ExecCredential with status.token, or with status.clientCertificateData and status.clientKeyData.',
    );
  }
  const end = member(status, 'expirationTimestamp');
  const endsMs = typeof end === 'string' ? Date.parse(end) - MARGIN_MS : Infinity;
  return { proof: { token, cert, key }, endsMs: Number.isNaN(endsMs) ? 0 : endsMs };
}

function wrong(settings: KubernetesSettings, what: string): Error {
  return loginError(
    settings,
    'invalid_config',
    `the kubeconfig ${what}`,
    'Correct `users[].user.exec` of the kubeconfig; apiVersion is client.authentication.k8s.io/v1.',
  );
}
