import type { KeyErrorCode, KeyFailure } from '../key-error.ts';
import { isTransportError, type TransportError } from './transport-error.ts';

type Verdict = readonly [code: KeyErrorCode, hint: string];

const UNREACHABLE = 'Check the address, the port, and that the network lets this host reach it.';
const CUT = 'The connection was cut; look at the server, and at proxies and balancers on the way.';
const MALFORMED =
  'Something else than the store answered; check the address, and proxies and balancers on the way.';
const UNTRUSTED = 'Name the CA that signed the certificate of the server, or correct the one that is named.';
const OUT_OF_DATE = 'Renew the certificate of the server, or set the clock of this host.';
const NO_TLS =
  'TLS failed; check that the server speaks https on this port, and whether it wants a client certificate.';
const PROXY_VARIABLES = 'HTTPS_PROXY or HTTP_PROXY';

/** Codes of the system, of Node's TLS (OpenSSL's X509_V_ERR_*) and of this transport. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  ECONNREFUSED: ['unavailable', UNREACHABLE],
  EHOSTUNREACH: ['unavailable', UNREACHABLE],
  ENETUNREACH: ['unavailable', UNREACHABLE],
  ETIMEDOUT: ['unavailable', UNREACHABLE],
  ENOTFOUND: ['unavailable', 'The name of the host is not known here; check the address and the DNS.'],
  EAI_AGAIN: ['unavailable', 'The DNS did not answer; check it, or try again.'],
  ECONNRESET: ['unavailable', CUT],
  EPIPE: ['unavailable', CUT],
  CONNECTION_ENDED: ['unavailable', CUT],
  BODY_TOO_LARGE: ['unavailable', MALFORMED],
  BODY_ENCODED: ['unavailable', MALFORMED],
  EPROTO: ['unavailable', NO_TLS],
  CERT_HAS_EXPIRED: ['unavailable', OUT_OF_DATE],
  CERT_NOT_YET_VALID: ['unavailable', OUT_OF_DATE],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'invalid_config',
    'The certificate of the server is for another name; use the name that stands in it as the address.',
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['invalid_config', UNTRUSTED],
  UNABLE_TO_GET_ISSUER_CERT: ['invalid_config', UNTRUSTED],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['invalid_config', UNTRUSTED],
  SELF_SIGNED_CERT_IN_CHAIN: ['invalid_config', UNTRUSTED],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['invalid_config', UNTRUSTED],
  CERT_SIGNATURE_FAILURE: ['invalid_config', UNTRUSTED],
  CERT_UNTRUSTED: ['invalid_config', UNTRUSTED],
  INVALID_CA: ['invalid_config', UNTRUSTED],
  INVALID_URL: [
    'invalid_config',
    'Correct the address: https://, a host and a port, without user and password.',
  ],
  INVALID_REQUEST: [
    'invalid_config',
    'A character that no header may hold is in the token or in an option; look for a line break.',
  ],
  INVALID_PROXY: [
    'invalid_config',
    `Set ${PROXY_VARIABLES} to an address such as http://proxy.internal:3128.`,
  ],
  TRANSPORT_CLOSED: ['closed', 'Use it before it is closed.'],
};

/** What a backend's `classify` can say of a `TransportError`; undefined for anything else. */
export function transportFailure(error: unknown): KeyFailure | undefined {
  if (!isTransportError(error)) return undefined;
  const [code, hint] = verdictOn(error);
  return { code, hint, upstream: { name: error.code, status: error.status } };
}

function verdictOn(error: TransportError): Verdict {
  const verdict = Object.hasOwn(VERDICTS, error.code) ? VERDICTS[error.code] : undefined;
  if (error.code === 'PROXY_REFUSED') return proxyRefused(error.status);
  if (error.atProxy && error.code !== 'INVALID_PROXY') {
    const [code] = verdict ?? ['unavailable'];
    return [code, `The proxy that ${PROXY_VARIABLES} names can't be reached; correct it, or set NO_PROXY.`];
  }
  return verdict ?? unlisted(error.code);
}

function proxyRefused(status: number | undefined): Verdict {
  if (status === 407) {
    return ['invalid_config', `The proxy wants credentials; put them into ${PROXY_VARIABLES}.`];
  }
  return ['unavailable', 'The proxy refused the connection; allow this host there, or name it in NO_PROXY.'];
}

/** HPE_* are those of Node's HTTP parser. */
function unlisted(code: string): Verdict {
  if (code.startsWith('HPE_')) return ['unavailable', MALFORMED];
  if (code.startsWith('ERR_SSL_')) return ['unavailable', NO_TLS];
  return ['unavailable', UNREACHABLE];
}
