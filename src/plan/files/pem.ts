import { X509Certificate } from 'node:crypto';
import { isEncodedPem, whyNotPem } from './not-pem.js';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
/** A line break as JSON and `.env` files write it. */
const WRITTEN_OUT = String.raw`\n`;

/**
 * Whether a value is any PEM text and not a path: a private key given by mistake is not quoted as a path. Neither is PEM
 * that somebody encoded, as for a secret of one line.
 */
export function isPem(text: string): boolean {
  return text.includes('-----BEGIN') || isEncodedPem(text);
}

/**
 * Reads the certificates in a text; any other text between them is ignored (RFC 7468 section 2).
 * @returns PEM, one certificate each; and what is wrong, as the end of a sentence that begins with the name of the text
 */
export function certificatesIn(text: string): { certificates: string[]; faults: string[] } {
  const blocks = blocksIn(text);
  if (blocks.length === 0) return { certificates: [], faults: [whyNotPem(text, 'certificate')] };
  const certificates: string[] = [];
  const faults: string[] = [];
  for (const [index, block] of blocks.entries()) {
    try {
      certificates.push(new X509Certificate(block).toString());
    } catch {
      const why = block.includes(WRITTEN_OUT) ? ': it has "\\n" instead of line breaks' : '';
      faults.push(`contains a damaged certificate (number ${index + 1} of ${blocks.length})${why}`);
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
