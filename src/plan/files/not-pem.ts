/** What a setting requires. */
export type Required = 'certificate' | 'private key';

/** How to convert a file, for each part of it that is required. */
const FROM_DER = {
  certificate: 'openssl x509 -inform der -in FILE -out NEW.pem',
  'private key': 'openssl pkey -inform der -in FILE -out NEW.pem',
};
const FROM_PKCS12 = {
  certificate: 'openssl pkcs12 -in FILE -nokeys -out NEW.pem',
  'private key': 'openssl pkcs12 -in FILE -nocerts -nodes -out NEW.pem',
};

/** What is first in a sequence in DER: the version of PKCS #12, or of a private key, or the sequence of a certificate. */
const FIRST = { pkcs12: ['\x02\x01\x03'], certificate: ['0'], 'private key': ['\x02\x01\0', '\x02\x01\x01'] };

/** The label of the first PEM block (RFC 7468 section 2). */
const LABEL = /-----BEGIN ([A-Z0-9 ]{1,40})-----/;

/**
 * Why a text that should have a PEM block has none, and how to get one.
 * @returns the end of a sentence that begins with the name of the text; it quotes nothing but the label of a block
 */
export function whyNotPem(text: string, required: Required): string {
  if (text.trim() === '') return 'is empty';
  if (isDer(text, 'pkcs12')) return convert('is a PKCS #12 file (.p12 or .pfx)', FROM_PKCS12[required]);
  if (isDer(text, required)) return convert('is in DER, the binary form', FROM_DER[required]);
  if (isEncodedPem(text)) return 'is PEM encoded in base64; decode it first, such as with `base64 -d`';
  if (text.includes('B\0E\0G\0I\0N')) return 'is in UTF-16; save it as ASCII or UTF-8';
  if (text.startsWith('version https://git-lfs')) {
    return 'is only a pointer of Git LFS; set `lfs: true` for `actions/checkout`, or store the file without LFS';
  }
  const [, label] = LABEL.exec(text) ?? [];
  if (label === 'PKCS7' && required === 'certificate') {
    return convert('contains PKCS #7', 'openssl pkcs7 -print_certs -in FILE -out NEW.pem');
  }
  if (label === 'TRUSTED CERTIFICATE' && required === 'certificate') {
    return convert('contains a trusted certificate of OpenSSL', 'openssl x509 -in FILE -out NEW.pem');
  }
  const missing = `contains no PEM ${required}`;
  if (label !== undefined && !label.endsWith(required.toUpperCase())) return `${missing}, but "BEGIN ${label}"`;
  if (label !== undefined) return `${missing}: it has a BEGIN line, but no END line`;
  return `${missing}: the line "-----BEGIN ${required.toUpperCase()}-----" is missing`;
}

/** Whether a text is a sequence in DER, read as UTF-8: a length in up to five bytes is before what is first in it. */
function isDer(text: string, what: keyof typeof FIRST): boolean {
  const afterTag = text.slice(1, 9);
  return (
    text.startsWith('0') && FIRST[what].some((first) => [1, 2, 3, 4, 5].some((at) => afterTag.startsWith(first, at)))
  );
}

/** Whether a text is the base64 of one that begins with `-----BEGIN`. */
export function isEncodedPem(text: string): boolean {
  return text.trimStart().startsWith('LS0tLS1CRUdJTi');
}

/** The same with the name of the file in its command, unless a shell might read the name as something else. */
export function withFile(why: string, path: string): string {
  if (!/^\w[\w./-]*$/.test(path) || path.endsWith('.pem')) return why;
  return why.replace('FILE', path).replace('NEW.pem', `${path.replace(/\.\w+$/, '')}.pem`);
}

function convert(what: string, command: string): string {
  return `${what}, but must be PEM; convert it with \`${command}\``;
}
