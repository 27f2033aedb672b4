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

/**
 * The sentence that says which setting of a server or service fixes a problem.
 * @param minVersion the oldest TLS version that the policy allows, such as `TLSv1.2`
 * @returns undefined if there is none
 */
export function settingOf(topic: Topic, name: SoftwareName, minVersion: string): string | undefined {
  const setting = SOFTWARE[name].settings[topic];
  if (setting === undefined) return undefined;
  return `This is ${name}: ${typeof setting === 'string' ? setting : setting(minVersion)}`;
}
