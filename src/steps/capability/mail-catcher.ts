import type { MailCatcher } from '../../findings/catalog/mail-catchers.js';

/** Patterns for greetings without the code. */
const GREETINGS: Readonly<Record<MailCatcher, RegExp>> = {
  GreenMail: /^\S+ GreenMail SMTP Service\b/,
  Mailpit: /^\S+ Mailpit ESMTP Service ready\b/,
  Inbucket: /^\S+ Inbucket SMTP ready\b/,
  smtp4dev: /^(?:\S+ )?smtp4dev ready\b/,
  aiosmtpd: /^\S+ Python SMTP \d/,
  MailHog: /^\S+ ESMTP (?:Go-)?MailHog\b/,
  MailCatcher: /^EventMachine SMTP Server\b/,
  Dumbster: /^\S+ n?Dumbster SMTP service ready\b/,
  "Python's smtpd": /^\S+ Python SMTP proxy version \d/,
};

/** The mail server for tests that sends such a greeting. */
export function mailCatcherIn(greeting: string): MailCatcher | undefined {
  const text = greeting.replace(/^\d{3}[ -]/, '');
  return (Object.keys(GREETINGS) as MailCatcher[]).find((name) => GREETINGS[name].test(text));
}
