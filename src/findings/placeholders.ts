import type { Topic } from './software/topic.js';
import type { Values } from './catalog/entry.js';

type Placeholder = 'MAILBOX' | 'ACCOUNT' | 'ADDRESS' | 'DOMAIN';

/** Which evidence the placeholders in the settings of a topic stand for. */
const MEANINGS: Readonly<
  Partial<Record<Topic, Readonly<Partial<Record<Placeholder, 'sender' | 'recipient' | 'account'>>>>>
> = {
  'send-as': { MAILBOX: 'sender', ACCOUNT: 'account' },
  'sender-verification': { ADDRESS: 'sender' },
  'account-blocked': { ADDRESS: 'sender' },
  'served-domains': { ADDRESS: 'recipient', DOMAIN: 'recipient' },
  'known-recipients': { ADDRESS: 'recipient', DOMAIN: 'recipient' },
  'recipient-directory': { ADDRESS: 'recipient' },
};

/** Texts that a shell does not interpret. */
const PLAIN = /^[\w.+@-]+$/;

/** Replaces the placeholders in a command or a setting of the text by what is known. */
export function filled(text: string, topic: Topic | undefined, evidence: Values): string {
  const meanings = topic && MEANINGS[topic];
  if (!meanings) return text;
  return text.replace(/`[^`]+`/g, (code) =>
    code.replace(/(?<!\w)(?:MAILBOX|ACCOUNT|ADDRESS|DOMAIN)(?!\w)/g, (name) => {
      const field = meanings[name as Placeholder];
      const value = field && evidence[field];
      if (value === undefined || !PLAIN.test(value)) return name;
      return name === 'DOMAIN' ? value.slice(value.lastIndexOf('@') + 1) : value;
    }),
  );
}
