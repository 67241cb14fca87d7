/** What the backends have for peers, and what makes the certificates of the stand-ins. */
export const SDKS = [
  '@aws-sdk/client-secrets-manager',
  '@azure/identity',
  '@azure/keyvault-secrets',
  '@google-cloud/secret-manager',
  '@kubernetes/client-node',
  'node-vault',
  'selfsigned',
];
