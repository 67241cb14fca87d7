import type { ReadPermission } from '@magic-hour-keys/core/author';
import type { GcpOptions } from './options.ts';
import { parseSecretName } from './secret-name.ts';

const ROLE = 'roles/secretmanager.secretAccessor';

/** As in the README. */
export function readPermission(options: GcpOptions): ReadPermission {
  const name = parseSecretName(options.secret);
  const { project = name.project ?? 'PROJECT', location = name.location } = options;
  const regional = location === undefined ? '' : ` --location=${location}`;
  return {
    name: ROLE,
    policy: `gcloud secrets add-iam-policy-binding ${name.secret} --project=${project}${regional} \\
  --member=serviceAccount:ACCOUNT \\
  --role=${ROLE}`,
  };
}
