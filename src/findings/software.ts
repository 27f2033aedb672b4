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

/** Findings with the setting of another topic. */
const TOPICS: Readonly<Partial<Record<FindingCode, Topic>>> = {
  'plaintext-auth-accepted': 'plaintext-auth-advertised',
  'certificate-expired': 'certificate',
  'certificate-not-yet-valid': 'certificate',
  'certificate-expires-soon': 'certificate',
  'certificate-hostname-mismatch': 'certificate',
  'certificate-self-signed': 'certificate',
  'certificate-chain-incomplete': 'certificate',
  'certificate-untrusted': 'certificate',
  'certificate-wrong-purpose': 'certificate',
  'certificate-malformed': 'certificate',
  'certificate-weak-key': 'certificate',
  'certificate-weak-signature': 'certificate',
  'certificate-issuer-expires-first': 'certificate',
  'certificate-chain-disordered': 'certificate',
};

/**
 * The sentence that says which setting of a server or service fixes a finding.
 * @param minVersion the oldest TLS version that the policy allows, such as `TLSv1.2`
 * @returns undefined if there is none for this finding
 */
export function settingFor(code: FindingCode, name: SoftwareName | undefined, minVersion: string): string | undefined {
  if (name === undefined) return undefined;
  const setting = SOFTWARE[name].settings[TOPICS[code] ?? code];
  if (setting === undefined) return undefined;
  return `This is ${name}: ${typeof setting === 'string' ? setting : setting(minVersion)}`;
}
