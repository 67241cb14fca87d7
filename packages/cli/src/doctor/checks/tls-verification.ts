import { describePath } from '../../environment-text.ts';
import type { Check } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { linksOf, uses } from './links-of.ts';

/** Certificates that are not checked: then whoever answers gets the login and the key. */
export const tlsVerification: Check = (facts) => {
  const { env } = facts.io;
  const findings: Finding[] = [];
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    findings.push({
      id: 'tls-verification-off',
      level: 'error',
      title: 'NODE_TLS_REJECT_UNAUTHORIZED=0 makes Node take every certificate: whoever answers gets the key',
      fix: 'Unset NODE_TLS_REJECT_UNAUTHORIZED, and name your own CA in NODE_EXTRA_CA_CERTS.',
      at: 'NODE_TLS_REJECT_UNAUTHORIZED',
    });
  }
  if (uses(facts, 'vault') && /^(?:1|t|true)$/i.test(env['VAULT_SKIP_VERIFY'] ?? '')) {
    findings.push({
      id: 'vault-skip-verify',
      level: 'warning',
      title: 'VAULT_SKIP_VERIFY has no effect here, and makes other clients of Vault take every certificate',
      fix: 'Unset VAULT_SKIP_VERIFY, and name the CA of Vault in VAULT_CACERT.',
      at: 'VAULT_SKIP_VERIFY',
    });
  }
  for (const { environment, link } of linksOf(facts)) {
    for (const { path } of link.kubeconfigs.filter(({ skipsTlsVerification }) => skipsTlsVerification)) {
      const shown = describePath(path, facts.io);
      findings.push({
        id: 'kubeconfig-skips-verification',
        level: 'error',
        title: `${shown} has insecure-skip-tls-verify for the cluster in use: whoever answers gets the login`,
        fix: `Take insecure-skip-tls-verify out of ${shown}, and set certificate-authority-data there.`,
        at: shown,
        environment: environment.name,
      });
    }
  }
  return findings;
};
