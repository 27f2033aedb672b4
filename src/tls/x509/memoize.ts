import type { X509Certificate } from 'node:crypto';

/**
 * Lets each certificate be read once, however often it is asked, as long as it lives: a peer chooses how much there is
 * to read, and a search for a chain asks again at every turn.
 * @param read what is asked of a certificate; what it throws is not remembered
 */
export function remembered<T>(read: (certificate: X509Certificate) => T): (certificate: X509Certificate) => T {
  const answers = new WeakMap<X509Certificate, { readonly answer: T }>();
  return (certificate) => {
    const known = answers.get(certificate) ?? { answer: read(certificate) };
    answers.set(certificate, known);
    return known.answer;
  };
}
