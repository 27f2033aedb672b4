import { X509Certificate } from 'node:crypto';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** Whether a value is any PEM text and not a path: a private key given by mistake is not quoted as a path. */
export function isPem(text: string): boolean {
  return text.includes('-----BEGIN');
}

/**
 * Reads the certificates in a text; any other text between them is ignored (RFC 7468 section 2).
 * @returns PEM, one certificate each; and what is wrong, as the end of a sentence that begins with the name of the text
 */
export function certificatesIn(text: string): { certificates: string[]; faults: string[] } {
  const blocks = blocksIn(text);
  if (blocks.length === 0) return { certificates: [], faults: ['contains no PEM certificate'] };
  const certificates: string[] = [];
  const faults: string[] = [];
  for (const [index, block] of blocks.entries()) {
    try {
      certificates.push(new X509Certificate(block).toString());
    } catch {
      faults.push(`contains a damaged certificate (number ${index + 1} of ${blocks.length})`);
    }
  }
  return { certificates, faults };
}

/** A loop, because a regular expression takes quadratic time for a text with many beginnings and no end. */
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
