import { CATALOG } from '../../src/findings/catalog.js';
import { mailCatcherIn } from '../../src/steps/capability/mail-catcher.js';

test.each([
  [
    '/172.18.0.2 GreenMail SMTP Service v2.1.3 ready',
    'GreenMail',
    /^Test the SMTPS port of GreenMail \(3465 .+`transport: implicit`/,
  ],
  [
    'mailpit.example Mailpit ESMTP Service ready',
    'Mailpit',
    /^Start Mailpit with `--smtp-tls-cert FILE --smtp-tls-key FILE`/,
  ],
  ['inbucket Inbucket SMTP ready', 'Inbucket', /^Start Inbucket with `INBUCKET_SMTP_TLSENABLED=true`/],
  ['localhost smtp4dev ready', 'smtp4dev', /^Start smtp4dev with `--tlsmode=StartTls`/],
  ['runner Python SMTP 1.4.6', 'aiosmtpd', /^Start aiosmtpd with `--tlscert FILE --tlskey FILE`/],
  ['runner Python SMTP proxy version 0.3', "Python's smtpd", /^Replace the server, .+no TLS/],
  ['mailhog.example ESMTP MailHog', 'MailHog', /^Replace MailHog, which has no TLS/],
  ['mailhog.example ESMTP Go-MailHog', 'MailHog', /^Replace MailHog/],
  ['EventMachine SMTP Server', 'MailCatcher', /^Replace MailCatcher, which has no TLS/],
  ['localhost Dumbster SMTP service ready', 'Dumbster', /^Replace Dumbster, which has no TLS/],
  ['greenmail.example.com ESMTP Postfix', undefined, /./],
  ['mailhog.example.com ESMTP Exim 4.97', undefined, /./],
])('the greeting "220 %s" is that of %s', (greeting, name, fix) => {
  expect(mailCatcherIn(`220 ${greeting}`)).toBe(name);
  const { remedy } = CATALOG['starttls-not-advertised'].causes['of-catcher'];
  if (name !== undefined) expect(remedy({ software: name })).toMatch(fix);
});
