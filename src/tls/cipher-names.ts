/**
 * The parts of a cipher suite's name: IANA's (`TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`, in Windows followed by a curve),
 * OpenSSL's (`ECDHE-RSA-AES256-GCM-SHA384`) or GnuTLS's (`ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM`). Each omits
 * different parts, so only those that both names have can be compared.
 */
function partsOf(name: string) {
  const plain = name
    .toUpperCase()
    .replace(/-/g, '_')
    .replace(/_P(?:256|384|521)$/, '');
  const first = (pattern: RegExp): string | undefined => pattern.exec(plain)?.slice(1).join('');
  return {
    bulk:
      first(/(AES|ARIA|CAMELLIA)_?(128|256)/) ??
      first(/(CHACHA20|RC4)/) ??
      (/3DES|CBC3/.test(plain) ? '3DES' : undefined),
    mode: first(/(GCM|POLY1305|CBC|CCM)(?:_?(8)(?!\d))?/),
    exchange: first(/(ECDHE|(?<!EC)DHE)/),
    signature: first(/(ECDSA|RSA)/),
    hash: first(/(SHA(?:256|384)?)1?$/),
  };
}

/** Whether two names are certainly those of different cipher suites. */
export function differentSuites(one: string, other: string): boolean {
  const [a, b] = [partsOf(one), partsOf(other)];
  return (Object.keys(a) as (keyof typeof a)[]).some(
    (part) => a[part] !== undefined && b[part] !== undefined && a[part] !== b[part],
  );
}
