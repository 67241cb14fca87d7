/** The key of a `Bearer` header (RFC 6750 section 2.1), or undefined for anything else. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
