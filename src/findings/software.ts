import { PROVIDERS } from './software/providers.js';
import { SERVERS } from './software/servers.js';
import type { Software, Topic } from './software/topic.js';

const SOFTWARE = { ...PROVIDERS, ...SERVERS } as const;

export type SoftwareName = keyof typeof SOFTWARE;

/** What a server has sent, from which it can be recognized. Each text may begin with its code. */
export interface Said {
  readonly greetings: readonly string[];
  /** The lines of its replies to EHLO. */
  readonly offers: readonly string[];
  readonly rejections: readonly string[];
}

/**
 * Recognizes a server or a service. A name counts only where the product itself puts it: a host can have any name, and a
 * rejection can quote another server, so the greeting counts most.
 */
export function recognize({ greetings, offers, rejections }: Said): SoftwareName | undefined {
  return named('greets', greetings) ?? named('offers', offers) ?? named('rejects', rejections);
}

function named(where: 'greets' | 'offers' | 'rejects', texts: readonly string[]): SoftwareName | undefined {
  const names = Object.keys(SOFTWARE) as SoftwareName[];
  return names.find((name) => texts.some((text) => softwareOf(name)[where]?.test(text.replace(/^\d{3}[ -]/, ''))));
}

/**
 * The sentences that say which setting of a server or service fixes a problem, after its name.
 * @param minVersion the oldest TLS version that the policy allows, such as `TLSv1.2`
 * @returns undefined if there is none
 */
export function settingOf(topic: Topic, name: SoftwareName, minVersion: string): string | undefined {
  const { settings, isLikely } = softwareOf(name);
  const setting = settings[topic];
  if (setting === undefined) return undefined;
  return `${isLikely ? 'Probably ' : ''}${name}: ${typeof setting === 'string' ? setting : setting(minVersion)}`;
}

function softwareOf(name: SoftwareName): Software {
  return SOFTWARE[name];
}
