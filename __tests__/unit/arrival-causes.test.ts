import { completeFinding, type Observed } from '../../src/findings/complete.js';
import { parseMessage, valuesOf } from '../../src/message/fields.js';
import { composeTestMessage } from '../../src/message/test-message.js';
import { receivedHops } from '../../src/message/trace.js';
import type { Delivery, MailboxTarget, RequiredVerdicts } from '../../src/plan/endpoint.js';
import { Secret } from '../../src/secrets/secret.js';
import type { Context } from '../../src/steps/context.js';
import { judgeHop, type OwnSession } from '../../src/steps/delivery/hop.js';
import { judgeIdentity } from '../../src/steps/delivery/identity.js';
import { judgeVerdicts } from '../../src/steps/delivery/verdicts.js';
import { AUTH, DELIVERY, testEndpoint, testRun } from '../support/gate.js';

/** What a server, a filter or a list does to a message, and which cause the gate finds in what arrives. */

const HOST = 'smtp.example.com';
const ID = 'mx.example.com';
const INBOX: MailboxTarget = {
  ...{ scheme: 'imaps', host: 'imap.example.com', port: 993, mailbox: 'INBOX' },
  ...{ username: 'reader@example.com', password: new Secret('correct horse') },
};
const ENVELOPE: Delivery = {
  ...DELIVERY,
  ...{ from: 'gate@example.com', to: 'reader@example.com', inbox: INBOX },
};
const ENDPOINT = testEndpoint(587, { host: HOST, servername: HOST, auth: AUTH, delivery: ENVELOPE });
const OBSERVED: Observed = {
  ...{ step: 'delivery', endpoint: ENDPOINT },
  ...{ capabilities: ['AUTH PLAIN LOGIN'], redact: (text) => text },
};
const SESSION: OwnSession = {
  greeting: `${HOST} ESMTP`,
  ehloName: 'ci.example.com',
  connection: { localAddress: '192.0.2.7' },
  channel: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
};
const SENT = await composeTestMessage(ENVELOPE.from, ENVELOPE.to, new Date(0));
const BODY = /\r\n\r\n[^]*$/;

function onlyFinding<Found>([found, ...others]: readonly Found[]): Found {
  expect(others).toEqual([]);
  if (found === undefined) throw new Error('no finding');
  return found;
}

const ALTERED = 'Message altered in transit';
const EXTERNAL = 'Message marked as external mail';
const SPAM = 'Message marked as spam';
const FOOTER = 'Text added at the end of the message';
const REMOVED = 'Header field removed in transit';
const REPLACED = 'Body of the message replaced';
const REENCODED = 'Message re-encoded in transit';
const OTHER_SENDER = 'Sender address replaced in transit';
const DOT = 'Leading dot of a line lost or doubled';

test.each<[string, (text: string) => string, string, string | undefined]>([
  ['a disclaimer', (text) => `${text}-- \r\nConfidential and privileged.\r\n`, FOOTER, 'Confidential and privileged.'],
  [
    'the footer of a mailing list',
    (text) => `${text}_______________\r\nTeam mailing list\r\nhttps://lists.example/\r\n`,
    FOOTER,
    'Team mailing list',
  ],
  ['a scanner', (text) => `${text}\r\n--\r\nScanned by clamav\r\n`, FOOTER, 'Scanned by clamav'],
  ['a list tag', tagged('[Team] '), ALTERED, 'Subject: [Team] STARTTLS Gate check'],
  ['a ticket number', tagged('Ticket#12 '), ALTERED, 'Subject: Ticket#12 STARTTLS Gate check'],
  ['rspamd or SpamAssassin', tagged('***SPAM*** '), SPAM, 'Subject: ***SPAM*** STARTTLS Gate check'],
  ['MailScanner', tagged('{Spam?} '), SPAM, 'Subject: {Spam?} STARTTLS Gate check'],
  ['Barracuda', tagged('[BULK] '), SPAM, 'Subject: [BULK] STARTTLS Gate check'],
  ['a filter for phishing', tagged('[Suspicious] '), SPAM, 'Subject: [Suspicious] STARTTLS Gate check'],
  ['a mail flow rule', tagged('[EXT] '), EXTERNAL, 'Subject: [EXT] STARTTLS Gate check'],
  [
    'a mail flow rule, in words',
    tagged('[External Sender] '),
    EXTERNAL,
    'Subject: [External Sender] STARTTLS Gate check',
  ],
  [
    'a banner',
    (text) => text.replace('\r\n\r\n', '\r\n\r\nCAUTION: This email originated from outside.\r\n'),
    EXTERNAL,
    'CAUTION: This email originated from outside.',
  ],
  [
    'a relay that loses dots',
    (text) => text.replace('\r\n.This', '\r\nThis'),
    DOT,
    'the line with the dot is not the one that was sent',
  ],
  [
    'a relay that doubles dots',
    (text) => text.replace('\r\n.This', '\r\n..This'),
    DOT,
    'the line with the dot is not the one that was sent',
  ],
  ['an mbox that quotes lines', (text) => text.replace('\r\nThe test', '\r\n>The test'), ALTERED, undefined],
  [
    'quoted-printable',
    (text) => text.replace('Encoding: 7bit', 'Encoding: quoted-printable'),
    REENCODED,
    'Content-Transfer-Encoding: quoted-printable',
  ],
  [
    'base64',
    (text) =>
      text
        .replace('Encoding: 7bit', 'Encoding: base64')
        .replace(
          BODY,
          (body) => `\r\n\r\n${Buffer.from(body.slice(4)).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`,
        ),
    REENCODED,
    'Content-Transfer-Encoding: base64',
  ],
  ['HTML', (text) => text.replace('text/plain', 'text/html'), ALTERED, 'Content-Type: text/html'],
  [
    'a signature with S/MIME',
    (text) => text.replace(/Content-Type: .*\r\n/, 'Content-Type: multipart/signed; boundary=x\r\n'),
    ALTERED,
    'Content-Type: multipart/signed',
  ],
  [
    'a mailing list with DMARC',
    (text) => text.replace(/^From: .*\r$/m, 'From: gate via Team <team@lists.example>\r'),
    OTHER_SENDER,
    'gate via Team <team@lists.example>',
  ],
  [
    'a provider that inserts the address of the account',
    (text) => text.replace(/^From: .*\r$/m, 'From: account@example.com\r'),
    OTHER_SENDER,
    'account@example.com',
  ],
  [
    'an internal address',
    (text) => text.replace(/^To: .*\r$/m, 'To: reader@internal.example.com\r'),
    ALTERED,
    'reader@internal.example.com',
  ],
  ['a second subject', (text) => `Subject: x\r\n${text}`, ALTERED, undefined],
  ['a header filter', (text) => text.replace(/^Auto-Submitted: .*\r\n/m, ''), REMOVED, 'no Auto-Submitted'],
  ['a header filter for MIME', (text) => text.replace(/^MIME-Version: .*\r\n/m, ''), REMOVED, 'no MIME-Version'],
  [
    'a quarantine',
    (text) => text.replace(BODY, '\r\n\r\nThis message was quarantined.\r\n'),
    REPLACED,
    'the body is not the one that was sent',
  ],
  ['a size limit', (text) => text.slice(0, -60), REPLACED, 'the body is not the one that was sent'],
])('a message changed by %s', (_, change, title, shows) => {
  const source = Buffer.from(change(SENT.text));
  const found = onlyFinding(judgeIdentity(SENT, source, parseMessage(source), INBOX, ENDPOINT));
  expect(completeFinding(found, OBSERVED)).toMatchObject({ title });
  expect(completeFinding(found, OBSERVED).reproduceShows).toBe(shows);
});

function tagged(tag: string): (text: string) => string {
  return (text) => text.replace('Subject: ', `Subject: ${tag}`);
}

const line = (rest: string, from = 'ci.example.com (ci.example.com [192.0.2.7])'): string =>
  `Received: from ${from}\r\n\tby ${HOST} ${rest};\r\n\tSun, 29 Nov 2026 05:00:00 +0000\r\n`;
const NO_TLS = 'Received line shows that TLS was not used';
const OTHER_TLS = 'Received line shows a different TLS session';

test.each<[string, string, string, string]>([
  ['Postfix', line('(Postfix) with ESMTPA id 4XYZ'), NO_TLS, 'with ESMTPA id'],
  ['Exim', line('with esmtpa (Exim 4.96) id 1xX'), NO_TLS, 'with esmtpa ('],
  ['Postfix, without TLS in words', line('(Postfix) with ESMTPA (no TLS) id 4XYZ'), NO_TLS, 'with ESMTPA ('],
  [
    'Postfix behind a proxy',
    line('(Postfix) with ESMTPA id 4XYZ', 'proxy (proxy [10.0.0.5])'),
    'Unencrypted between a proxy and the mail server',
    'with ESMTPA id',
  ],
  [
    'Postfix with TLS 1.2',
    line('(Postfix) with ESMTPSA (using TLSv1.2 with cipher ECDHE-RSA-AES128-GCM-SHA256 (128/128 bits)) id 4'),
    OTHER_TLS,
    'TLSv1.2',
  ],
  [
    'Exim with TLS 1.2',
    line('with esmtpsa (TLS1.2:ECDHE_SECP256R1__RSA_SHA256__AES_256_GCM:256) (Exim 4.96)'),
    OTHER_TLS,
    'TLS1.2',
  ],
  ['Exchange', line('with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_X) id 15.20'), OTHER_TLS, 'TLS1_2'],
])('the line of %s', (_, header, title, shows) => {
  const message = parseMessage(header + SENT.text);
  const found = judgeHop(ENDPOINT, SESSION, receivedHops(message), {}, valuesOf(message, 'received').length);
  expect(completeFinding(onlyFinding(found), OBSERVED)).toMatchObject({ title, reproduceShows: shows });
});

const results = (result: string, id = ID): string =>
  `Authentication-Results: ${id}; ${result}\r\n${line('(Postfix) with ESMTPSA id 4XYZ')}`;
const SPF = 'SPF did not pass';
const DMARC = 'DMARC did not pass';
const TEMPORARY = 'SPF, DKIM or DMARC not checked: temporary error';

test.each<[string, RequiredVerdicts, string, string, RegExp, string | undefined]>([
  [
    'no signature',
    { dkim: 'pass' },
    '',
    'Message not signed with DKIM',
    /^Configure the server to sign /,
    'no DKIM-Signature',
  ],
  [
    'a signature that is too old to be verified',
    { dkim: 'pass' },
    'DKIM-Signature: v=1; a=rsa-sha1; d=example.com; s=gate; h=From; bh=eA==; b=eA==\r\n',
    'DKIM did not pass',
    /^Correct the DKIM signature of example\.com: rsa-sha1 must no longer be used/,
    'd=example.com',
  ],
  [
    'a signature without a domain',
    { dkim: 'pass' },
    'DKIM-Signature: v=1; a=rsa-sha256; s=gate; h=From; bh=eA==; b=eA==\r\n',
    'DKIM did not pass',
    /^Correct the DKIM signature: it has no known algorithm, domain and selector/,
    'DKIM-Signature:',
  ],
  ['SPF fail', spf(), results('spf=fail smtp.mailfrom=gate@example.com'), SPF, /^Add the IP address /, 'v=spf1'],
  [
    'SPF softfail',
    spf(),
    results('spf=softfail'),
    SPF,
    /^Add the IP address .*\n- If the tested server itself /,
    'v=spf1',
  ],
  ['SPF none', spf(), results('spf=none'), SPF, /^Publish an SPF record /, 'no SPF record'],
  [
    'SPF permerror',
    spf(),
    results('spf=permerror'),
    SPF,
    /^Correct the SPF record .*\n- It needs more than ten /,
    'v=spf1',
  ],
  ['SPF temperror', spf(), results('spf=temperror'), TEMPORARY, / the resolver of the receiver\.$/, undefined],
  [
    'SPF of a different sender',
    spf(),
    results('spf=pass smtp.mailfrom=bounces.esp.example'),
    'Result is for a different domain',
    /^Configure the server to keep the address in `delivery\.from`/,
    'smtp.mailfrom=bounces.esp.example',
  ],
  ['DMARC fail', dmarc(), results('dmarc=fail (p=REJECT)'), DMARC, /^Make SPF or DKIM pass /, 'dmarc=fail'],
  ['DMARC none', dmarc(), results('dmarc=none'), DMARC, /^Publish a DMARC record /, 'no DMARC record'],
  ['DMARC permerror', dmarc(), results('dmarc=permerror'), DMARC, /^Correct the DMARC record /, 'dmarc=permerror'],
  [
    'a pass that must fail',
    { authservId: ID, spf: 'fail' },
    results('spf=pass smtp.mailfrom=gate@example.com'),
    'Unexpected SPF, DKIM or DMARC result',
    /, change `spf: fail` in `delivery\.verdicts`/,
    'spf=pass',
  ],
  [
    'no result',
    spf(),
    line('(Postfix) with ESMTPSA id 4XYZ'),
    'SPF or DMARC result missing',
    /^Configure mx\.example\.com to check SPF /,
    'no Authentication-Results',
  ],
  [
    'the result of a different receiver',
    spf(),
    results('spf=pass', 'mx.google.com'),
    'Result is from a different authserv-id',
    /^If `mx\.google\.com` is your receiver/,
    'Authentication-Results: mx.google.com',
  ],
  [
    'a result without a name (Microsoft 365)',
    spf(),
    `Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dkim=none\r\n${line('(Postfix) with ESMTPSA id 4')}`,
    'Receiver writes results without its name',
    /^Remove `spf` from `delivery\.verdicts`/,
    'Authentication-Results: spf=pass',
  ],
])('a message with %s', async (_, verdicts, header, title, remedy, shows) => {
  const source = Buffer.from(header + SENT.text);
  const message = parseMessage(source);
  const context = { endpoint: ENDPOINT, run: testRun() } as Context;
  const found = onlyFinding(await judgeVerdicts(context, verdicts, source, message, receivedHops(message)));
  const complete = completeFinding(found, OBSERVED);
  expect(complete).toMatchObject({ title, remedy: expect.stringMatching(remedy) as string });
  expect(complete.reproduceShows).toBe(shows);
});

function spf(): RequiredVerdicts {
  return { authservId: ID, spf: 'pass' };
}

function dmarc(): RequiredVerdicts {
  return { authservId: ID, dmarc: 'pass' };
}
