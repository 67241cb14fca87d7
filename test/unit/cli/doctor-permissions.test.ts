// What doctor prints to be pasted is what the README of the store says.
import { readFile } from 'node:fs/promises';
import { awsDefinition } from '@magic-hour-keys/aws/definition';
import { azureDefinition } from '@magic-hour-keys/azure/definition';
import { gcpDefinition } from '@magic-hour-keys/gcp/definition';
import { kubernetesDefinition } from '@magic-hour-keys/kubernetes/definition';
import { vaultDefinition } from '@magic-hour-keys/vault/definition';
import { expect, test } from 'vitest';

/** The section on permissions. */
async function permissionsOf(backend: string): Promise<string> {
  const readme = await readFile(new URL(`../../../packages/${backend}/README.md`, import.meta.url), 'utf8');
  return /\n## Permissions needed\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? '';
}

const PERMISSIONS = {
  aws: awsDefinition.permission?.({ secretId: 'prod/magic-hour' }),
  azure: azureDefinition.permission?.({ vaultUrl: 'https://my-vault.vault.azure.net', name: 'magic-hour' }),
  gcp: gcpDefinition.permission?.({ secret: 'magic-hour', project: 'my-project' }),
  vault: vaultDefinition.permission?.({ path: 'secret/magic-hour' }),
  kubernetes: kubernetesDefinition.permission?.({ name: 'magic-hour', namespace: 'video' }),
};
/** Whom the README lets in, as an example. */
const ACCOUNTS: Readonly<Record<string, string>> = {
  gcp: 'video-worker@my-project.iam.gserviceaccount.com',
  kubernetes: 'worker',
};

test.each(Object.entries(PERMISSIONS))(
  'the permission for %s is named, and given as in its README',
  async (name, permission) => {
    const text = (await permissionsOf(name)).replaceAll(/\s+/g, ' ');
    const account = ACCOUNTS[name];
    const policy =
      account === undefined ? permission?.policy : permission?.policy.replaceAll('ACCOUNT', account);
    expect(text).toContain(permission?.name);
    expect(text).toContain(policy?.replaceAll(/\s+/g, ' '));
  },
);

test('what is known of the secret stands in the policy', () => {
  const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/x-AbCdEf';
  expect(awsDefinition.permission?.({ secretId: arn })?.policy).toContain(`"Resource": "${arn}"`);
  expect(awsDefinition.permission?.({ secretId: 'x', region: 'eu-west-1' })?.policy).toContain(
    'arn:aws:secretsmanager:eu-west-1:ACCOUNT:secret:x-??????',
  );
  expect(gcpDefinition.permission?.({ secret: 'projects/p1/secrets/x' })?.policy).toContain('x --project=p1');
  expect(gcpDefinition.permission?.({ secret: 'x', location: 'europe-west1' })?.policy).toContain(
    'x --project=PROJECT --location=europe-west1',
  );
  expect(
    vaultDefinition.permission?.({ path: 'team/kv/x', mount: 'team/kv', kvVersion: 2 })?.policy,
  ).toContain('path "team/kv/data/x"');
  expect(vaultDefinition.permission?.({ path: 'kv/x', kvVersion: 1 })?.policy).toContain('path "kv/x"');
});

test('a Secret that is mounted needs no permission', () => {
  expect(kubernetesDefinition.permission?.({ mountPath: '/etc/magic-hour' })).toBeUndefined();
});
