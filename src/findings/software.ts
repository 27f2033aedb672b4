import { APPLIANCES } from './software/appliances/appliances.js';
import { GATEWAYS } from './software/appliances/gateways.js';
import { PROVIDERS } from './software/providers.js';
import { SERVERS } from './software/servers.js';
import { ACCOUNT_TOPICS, SUFFICIENT_TOPICS, type Software, type Topic } from './software/topic.js';

const SOFTWARE = { ...PROVIDERS, ...GATEWAYS, ...APPLIANCES, ...SERVERS } as const;

export type SoftwareName = keyof typeof SOFTWARE;

/** Which server it is, and what it has sent, from which it can be recognized. Each text may begin with its code. */
export interface Said {
  /** The configured host. */
  readonly host?: string | undefined;
  readonly greetings: readonly string[];
  /** The lines of its replies to EHLO. */
  readonly offers: readonly string[];
  readonly rejections: readonly string[];
}

/**
 * Recognizes a server or a service. A public service has hosts of its own, whatever software runs there. Otherwise, a name
 * counts only where the product itself puts it: a host can have any name, and a rejection can quote another server, so the
 * greeting counts most. Without a name, the words of a rejection make it likely.
 */
export function recognize({ host = '', greetings, offers, rejections }: Said): Recognized | undefined {
  const name =
    named('hosts', [host]) ?? named('greets', greetings) ?? named('offers', offers) ?? named('rejects', rejections);
  if (name)
    return {
      name,
      isLikely: softwareOf(name).isLikely ?? false,
      ...(hasInternalName(greetings) && { hasInternalName: true }),
    };
  const likely = named('words', rejections);
  return likely && { name: likely, isLikely: true };
}

/** Whether it is a mail service, whose server its users cannot configure. */
export function isService(said: Said): boolean {
  const recognized = recognize(said);
  return recognized !== undefined && !recognized.isLikely && recognized.name in PROVIDERS;
}

/** Whether a mail service has no accounts whose username looks like this. */
export function isWrongUsername(said: Said, username: string): boolean {
  const recognized = recognize(said);
  return recognized !== undefined && softwareOf(recognized.name).usernames?.test(username) === false;
}

export interface Recognized {
  readonly name: SoftwareName;
  readonly isLikely: boolean;
  /** Set if its greeting begins with a name that exists only inside of a network. */
  readonly hasInternalName?: true;
}

/** No public CA issues a certificate for such a name. */
const INTERNAL_NAME = /^(?:\d{3}[ -])?\S+\.(?:corp|home\.arpa|internal|intranet|lan|local|localdomain|private) /i;

const hasInternalName = (greetings: readonly string[]): boolean => greetings.some((one) => INTERNAL_NAME.test(one));

type Pattern = 'hosts' | 'greets' | 'offers' | 'rejects' | 'words';

function named(where: Pattern, texts: readonly string[]): SoftwareName | undefined {
  const names = Object.keys(SOFTWARE) as SoftwareName[];
  return names.find((name) => texts.some((text) => softwareOf(name)[where]?.test(text.replace(/^\d{3}[ -]/, ''))));
}

/**
 * The sentences that say which setting of a server or service fixes a problem, after its name.
 * @param minVersion the oldest TLS version that the policy allows, such as `TLSv1.2`
 * @returns undefined if there is none
 */
export function settingOf(
  topic: Topic,
  { name, isLikely, hasInternalName: isInternal }: Recognized,
  minVersion: string,
): string | undefined {
  const setting = softwareOf(name).settings[topic];
  if (setting === undefined) return undefined;
  return `${isLikely ? 'Probably ' : ''}${name}: ${typeof setting === 'string' ? setting : setting(minVersion, isInternal)}`;
}

/** Whether the setting of a recognized server says all that is known, so that general advice would only repeat it. */
export function isSufficient(topic: Topic): boolean {
  return SUFFICIENT_TOPICS.includes(topic);
}

/** Whether only the owner of an account at this service can fix a problem. */
export function isOfAccount(topic: Topic | undefined, recognized: Recognized | undefined): boolean {
  if (topic === undefined || !recognized || recognized.isLikely) return false;
  return recognized.name in PROVIDERS && ACCOUNT_TOPICS.includes(topic);
}

function softwareOf(name: SoftwareName): Software {
  return SOFTWARE[name];
}
