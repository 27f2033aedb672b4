import { X509Certificate } from 'node:crypto';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** What a text holds in the way of certificates. */
export interface PemCertificates {
  /** PEM, one certificate each, in the order of the text. */
  readonly certificates: readonly string[];
  /** What is wrong, as the end of a sentence that begins with the text's name. */
  readonly faults: readonly string[];
}

/**
 * Whether a value is PEM itself and no path. Any PEM text is taken as such, so that a private key given by mistake
 * is not quoted as a path.
 */
export function isPem(text: string): boolean {
  return text.includes('-----BEGIN');
}

/** Takes the certificates out of a text; whatever stands between them does not matter (RFC 7468 section 2). */
export function certificatesIn(text: string): PemCertificates {
  const blocks = blocksIn(text);
  if (blocks.length === 0) return { certificates: [], faults: ['holds no PEM certificate'] };
  const certificates: string[] = [];
  const faults: string[] = [];
  for (const [index, block] of blocks.entries()) {
    try {
      certificates.push(new X509Certificate(block).toString());
    } catch {
      faults.push(`holds a damaged certificate (number ${index + 1} of ${blocks.length})`);
    }
  }
  return { certificates, faults };
}

/** A loop, because a regular expression takes quadratic time for a text of nothing but beginnings. */
function blocksIn(text: string): string[] {
  const blocks: string[] = [];
  let begin = text.indexOf(BEGIN);
  while (begin >= 0) {
    const end = text.indexOf(END, begin);
    if (end < 0) break;
    blocks.push(text.slice(begin, end + END.length));
    begin = text.indexOf(BEGIN, end + END.length);
  }
  return blocks;
}
