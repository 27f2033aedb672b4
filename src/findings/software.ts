import type { FindingCode } from './catalog.js';
import { PROVIDERS } from './providers.js';
import { SERVERS, type Topic } from './servers.js';

const SOFTWARE = { ...PROVIDERS, ...SERVERS } as const;

export type SoftwareName = keyof typeof SOFTWARE;

/**
 * Recognizes a server or a service by what it sends.
 * @param texts the greeting, the lines of its replies to EHLO, a rejection
 */
export function recognize(texts: readonly string[]): SoftwareName | undefined {
  const names = Object.keys(SOFTWARE) as SoftwareName[];
  return names.find((name) => texts.some((text) => SOFTWARE[name].pattern.test(text)));
}

/** Findings about a certificate that is right for the server as it is. */
const CERTIFICATE_STAYS: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'certificate-pin-mismatch',
  'certificate-lifetime-long',
  'certificate-unchecked',
  'certificate-pinned',
]);

function topicOf(code: FindingCode): Topic {
  if (code === 'plaintext-auth-accepted') return 'plaintext-auth-advertised';
  return code.startsWith('certificate-') && !CERTIFICATE_STAYS.has(code) ? 'certificate' : code;
}

/**
 * The sentence that says which setting of a server or service fixes a finding.
 * @param minVersion the oldest TLS version that the policy allows, such as `TLSv1.2`
 * @returns undefined if there is none for this finding
 */
export function settingFor(code: FindingCode, name: SoftwareName | undefined, minVersion: string): string | undefined {
  if (name === undefined) return undefined;
  const setting = SOFTWARE[name].settings[topicOf(code)];
  if (setting === undefined) return undefined;
  return `This is ${name}: ${typeof setting === 'string' ? setting : setting(minVersion)}`;
}
