import { gcpKeySource, type GcpOptions } from '@magic-hour-keys/gcp';
import { gcpDefinition } from '@magic-hour-keys/gcp/definition';
import { describeDefinition } from '../backends/describe-definition.ts';

const secret = 'projects/my-project/secrets/magic-hour';
const impersonate = 'reader@my-project.iam.gserviceaccount.com';

const good: readonly GcpOptions[] = [
  { secret },
  { secret: 'magic-hour' },
  { secret: 'magic-hour', project: 'my-project' },
  { secret: 'magic-hour', project: '123456789012', version: '7' },
  { secret: 'magic-hour', project: 'example.com:my-project', version: 'prod' },
  { secret: 'magic-hour', project: 'my-project', location: 'europe-west1', field: 'apiKey' },
  { secret: 'projects/my-project/locations/europe-west1/secrets/magic-hour/versions/latest' },
  { secret, transport: 'rest', endpoint: 'http://127.0.0.1:9090', auth: { method: 'none' } },
  { secret, auth: { method: 'default' } },
  { secret, auth: { method: 'metadata', impersonate } },
  { secret, auth: { method: 'workload-identity', credentialFile: '/etc/wif.json', impersonate } },
  { secret, auth: { method: 'service-account', key: { file: '/run/key.json' } } },
  { secret, auth: { method: 'service-account', key: { env: 'KEY' }, impersonate } },
];
const refused = [
  {},
  { secret: '' },
  { secret: 'with blank' },
  { secret: 'projects/my-project/magic-hour' },
  { secret, project: 'My Project' },
  { secret, version: 7 },
  { secret, version: '0' },
  { secret, location: 'europe/west' },
  { secret, endpoint: 'http://example.com' },
  { secret, endpoint: 'https://example.com/path' },
  { secret, transport: 'http' },
  { secret, Secret: 'x' },
  { secret, client: {} },
  { secret, authClient: {} },
  { secret, cwd: '/' },
  { secret, auth: {} },
  { secret, auth: { method: 'adc' } },
  { secret, auth: { method: 'workload-identity' } },
  { secret, auth: { method: 'metadata', credentialFile: '/etc/wif.json' } },
  { secret, auth: { method: 'service-account', key: 'text' } },
  { secret, auth: { method: 'service-account', key: { env: '' } } },
  { secret, auth: { method: 'none', impersonate } },
  { secret, auth: { method: 'default', impersonate: 'somebody@example.com' } },
  'text',
  undefined,
];

describeDefinition(gcpDefinition, gcpKeySource, { good, refused });
