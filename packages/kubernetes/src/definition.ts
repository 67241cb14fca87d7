import type { BackendDefinition } from '@magic-hour-keys/core/author';
import * as v from 'valibot';
import { DATA_KEY, FILE_PATH, NAMESPACE, SECRET_NAME } from './check-options.ts';
import { CLIENT_PACKAGE, describeLocation, type KubernetesOptions } from './options.ts';
import { readPermission } from './permission.ts';

const path = v.pipe(v.string(), v.regex(FILE_PATH), v.metadata({ expectation: 'a path' }));
const text = v.pipe(v.string(), v.nonEmpty());

const auth = v.variant('method', [
  v.strictObject({ method: v.literal('default') }),
  v.strictObject({
    method: v.literal('in-cluster'),
    folder: v.optional(
      v.pipe(
        path,
        v.description('The folder with `token`, `ca.crt` and `namespace`. Default: where every pod has it.'),
      ),
    ),
  }),
  v.strictObject({
    method: v.literal('kubeconfig'),
    file: v.optional(
      v.pipe(path, v.description('The file. Default: those in `KUBECONFIG`, else `~/.kube/config`.')),
    ),
    context: v.optional(v.pipe(text, v.description('The context. Default: the current one of the file.'))),
    allowExec: v.optional(
      v.pipe(
        v.boolean(),
        v.description('Run the program that the kubeconfig names for logging in. Default false.'),
      ),
    ),
  }),
]);

/** The manifest of this backend: validation, JSON Schema, the table in the README, `mhk doctor`. No I/O. */
export const kubernetesDefinition: BackendDefinition<KubernetesOptions> = {
  name: 'kubernetes',
  title: 'Kubernetes Secrets',
  packageName: '@magic-hour-keys/kubernetes',
  schema: v.pipe(
    v.strictObject({
      mountPath: v.optional(
        v.pipe(
          path,
          v.description(
            'Where the Secret is mounted: the folder, or the one file in it. Needs no permission.',
          ),
        ),
      ),
      name: v.optional(
        v.pipe(
          v.string(),
          v.regex(SECRET_NAME),
          v.metadata({ expectation: 'the name of a Secret: lower-case letters, digits, - and .' }),
          v.description('The name of the Secret, to ask the API server for it. Not beside `mountPath`.'),
        ),
      ),
      namespace: v.optional(
        v.pipe(
          v.string(),
          v.regex(NAMESPACE),
          v.metadata({ expectation: 'the name of a namespace: lower-case letters, digits and -' }),
          v.description('Its namespace. Default: that of the context or of the pod, else `default`.'),
        ),
      ),
      key: v.optional(
        v.pipe(
          v.string(),
          v.regex(DATA_KEY),
          v.metadata({ expectation: 'a key of the Secret: letters, digits, -, _ and .' }),
          v.description(
            "The key in the Secret's `data`, which is also the mounted file. Default: the only one.",
          ),
        ),
      ),
      field: v.optional(
        v.pipe(text, v.description('Where the value is JSON: the member that holds the key.')),
      ),
      auth: v.optional(
        v.pipe(
          auth,
          v.description('How to log in to the API server; see below. Default: the method `default`.'),
        ),
      ),
    }),
    v.check(({ mountPath, name }) => (mountPath === undefined) !== (name === undefined)),
    v.metadata({ expectation: 'an object with either "mountPath" or "name"' }),
  ),
  location: describeLocation,
  requires: [CLIENT_PACKAGE],
  capabilities: {
    versions: true,
    sequence: false,
    previous: false,
    watch: true,
    permissions: true,
    remote: true,
  },
  secretOptions: [],
  credentialVariables({ mountPath, auth: login = { method: 'default' } }) {
    if (mountPath !== undefined) return [];
    const hasFile = login.method === 'kubeconfig' && login.file !== undefined;
    return [
      ...(login.method === 'in-cluster' || hasFile ? [] : [{ name: 'KUBECONFIG', secret: false }]),
      ...(login.method === 'kubeconfig' ? [] : [{ name: 'KUBERNETES_SERVICE_HOST', secret: false }]),
    ];
  },
  permission: readPermission,
  interpolates: ['mountPath', 'name', 'namespace', 'key', 'field'],
};
