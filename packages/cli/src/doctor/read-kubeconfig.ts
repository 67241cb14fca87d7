import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { KeySourceDescription } from '@magic-hour-keys/config';
import { readText } from '../project/read-files.ts';
import type { KubeconfigFacts } from './facts.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** The kubeconfigs that a login would use. None for a mounted Secret, and for the account of a pod. */
export function readKubeconfigs(
  { name, options }: Pick<KeySourceDescription, 'name' | 'options'>,
  env: Variables,
  folder: string,
): readonly KubeconfigFacts[] {
  const { method = 'default', file: named, context } = (options['auth'] ?? {}) as Record<string, unknown>;
  if (name !== 'kubernetes' || options['mountPath'] !== undefined || method === 'in-cluster') return [];
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const listed = env['KUBECONFIG']?.split(delimiter).filter((path) => path !== '') ?? [];
  const files =
    typeof named === 'string' ? [named] : listed.length > 0 ? listed : [join(home, '.kube/config')];
  return files.flatMap((file) => {
    const path = resolve(folder, file.replace(/^~(?=[\\/])/, home));
    const text = readText(path);
    if (text === undefined) return [];
    const skips = skipsTlsVerification(text, typeof context === 'string' ? context : undefined);
    return [{ path, skipsTlsVerification: skips }];
  });
}

const SKIPS = /^\s*"?insecure-skip-tls-verify"?:\s*true\b/m;

/**
 * Of the cluster in use, where it can be told which that is: the file is looked through item by item, because YAML as
 * kubectl writes it needs no more.
 */
function skipsTlsVerification(text: string, context: string | undefined): boolean {
  if (!SKIPS.test(text)) return false;
  const items = text.split(/^\s*- (?=\S)/m).map((item) => item.replaceAll(/['"]/g, ''));
  const current = context ?? valueOf('current-context', text.replaceAll(/['"]/g, ''));
  const ofContext = items.find((item) => hasName(item, current) && /^\s*cluster: \S/m.test(item));
  const cluster = ofContext === undefined ? undefined : valueOf('cluster', ofContext);
  const ofCluster = items.find((item) => hasName(item, cluster) && /^\s*server: /m.test(item));
  return ofCluster === undefined || SKIPS.test(ofCluster);
}

function hasName(item: string, name: string | undefined): boolean {
  return name !== undefined && new RegExp(`^\\s*name: ${escape(name)}\\s*$`, 'm').test(item);
}

function valueOf(member: string, text: string): string | undefined {
  return new RegExp(`^\\s*${member}: *(\\S+)\\s*$`, 'm').exec(text)?.[1];
}

function escape(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}/]/g, String.raw`\$&`);
}
