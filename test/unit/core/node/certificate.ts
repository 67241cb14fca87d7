import { generateKeyPairSync, sign } from 'node:crypto';

export interface Certificate {
  /** Both in PEM. */
  readonly key: string;
  readonly cert: string;
}

const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, utf8: 0x0c, time: 0x17, set: 0x31, sequence: 0x30 };
const SUBJECT_ALT_NAME = '551d11';

/**
 * A certificate that signs itself, made anew for each run, so it is its own CA.
 *
 * @param names of hosts, and IPv4 addresses
 * @param notAfter as `YYMMDDHHMMSSZ`
 */
export function makeCertificate(
  names: readonly string[] = ['localhost', '127.0.0.1'],
  notAfter = '491231235959Z',
): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));
  const name = sequence(der(TAG.set, sequence(objectId('550403'), der(TAG.utf8, Buffer.from('test')))));
  const validity = sequence(time('200101000000Z'), time(notAfter));
  const altNames = sequence(objectId(SUBJECT_ALT_NAME), der(TAG.octets, sequence(...names.map(altName))));
  // RFC 5280 section 4.1: version 3 and its extensions are tagged [0] and [3].
  const body = sequence(
    der(0xa0, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(altNames)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]);
  const cert = sequence(body, ecdsaWithSha256, der(TAG.bits, signature));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: toPem(cert) };
}

/** GeneralName: [2] is a DNS name, [7] an address. */
function altName(name: string): Buffer {
  const isAddress = /^[\d.]+$/.test(name);
  return isAddress ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(TAG.sequence, Buffer.concat(parts));
}

function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function time(text: string): Buffer {
  return der(TAG.time, Buffer.from(text));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
