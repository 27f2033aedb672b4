import type { X509Certificate } from 'node:crypto';

/**
 * Caches what is read from a certificate, as long as the certificate lives. The peer decides how much there is to read,
 * and a search for a path reads the same certificate many times.
 * @param read what it throws is not cached
 */
export function memoize<T>(read: (certificate: X509Certificate) => T): (certificate: X509Certificate) => T {
  const cache = new WeakMap<X509Certificate, { readonly value: T }>();
  return (certificate) => {
    const cached = cache.get(certificate) ?? { value: read(certificate) };
    cache.set(certificate, cached);
    return cached.value;
  };
}
