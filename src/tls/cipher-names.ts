/**
 * What the name of a cipher suite says, in whichever naming: IANA's (`TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`, in
 * Windows with a curve behind it), OpenSSL's (`ECDHE-RSA-AES256-GCM-SHA384`), GnuTLS's
 * (`ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM`). Each leaves out what it thinks goes without saying, so only
 * what two names both say can be compared.
 */
interface Facets {
  readonly bulk: string | undefined;
  readonly mode: string | undefined;
  readonly exchange: string | undefined;
  readonly signature: string | undefined;
  readonly hash: string | undefined;
}

function facetsOf(name: string): Facets {
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

/**
 * Whether two names are surely those of different cipher suites. Where one of them leaves open which it is, they
 * are not.
 */
export function differentSuites(one: string, other: string): boolean {
  const [a, b] = [facetsOf(one), facetsOf(other)];
  return (Object.keys(a) as (keyof Facets)[]).some(
    (facet) => a[facet] !== undefined && b[facet] !== undefined && a[facet] !== b[facet],
  );
}
