import { either, says, type Row } from './refusal.js';

/** Zoho says that relaying is disallowed, "as" an address or because of an "invalid domain". */
export const AS_SENDER =
  /\bdisallowed as\b|\brelaying disallowed\b|not owned by|send ?as ?denied|send as this sender|\bnot (?:allowed|authori[sz]ed|permitted) to (?:send|use)\b[^.;]{0,30}\b(?:as|from|address|sender)\b|\b(?:sender|from)\b[^.;]{0,30}\b(?:does(?: not|n't)|must) match\b|\bsender (?:address|domain) (?:is not (?:allowed|permitted|valid for)|does not match)|\bsend from this header address\b|\bis not one of your addresses\b/;

const SENDER = String.raw`\bsender (?:email )?address\b`;

/** Refusals that are about the sender address. */
export const OF_SENDER: readonly Row[] = [
  {
    fits: either(
      ['7.20', '7.21', '7.22', '7.23', '7.24', '7.26', '7.509', '7.515'],
      /\b(spf|dmarc|dkim)\b(?![\s:=-]*(is )?(ok|pass|none|neutral|good|valid))/,
    ),
    text: "The server's SPF, DKIM or DMARC check of the sender failed.",
    cause: 'sender-authentication',
  },
  {
    fits: says(
      new RegExp(
        String.raw`${SENDER}[^.;]{0,40}\b(?:need fully[- ]qualified|must contain a domain)|\bdomain name required for sender`,
      ),
    ),
    text: 'The sender address is not fully qualified.',
    cause: 'sender-not-qualified',
  },
  {
    fits: either(['7.27'], /sender address rejected: .{0,80}\bnull ?mx\b/),
    text: 'The domain of the sender accepts no mail (null MX), so nobody can reply.',
    cause: 'sender-null-mx',
  },
  {
    fits: ({ at, status, text }) =>
      status === '1.8' ||
      /sender address rejected: domain|domain of sender|sender domain .*(not|n't|no) /.test(text) ||
      (at === 'MAIL' && text.includes('domain does not exist')),
    text: 'The server found no mail server for the domain of the sender address.',
    cause: 'sender-domain-unknown',
  },
  {
    fits: ({ code, status, text }) =>
      code === 501 &&
      (/\b(?:bad|invalid|malformed) sender address\b|\bsender address\b[^.;]{0,30}\bsyntax\b/.test(text) ||
        (status === '1.7' && /\b(?:invalid address|syntax)\b/.test(text))),
    text: 'The server does not accept the form of the sender address.',
    cause: 'sender-syntax',
  },
  {
    fits: ({ code, text }) =>
      code < 500 &&
      /\bsender\b.{0,60}\b(?:unverified address|verif\w+ (?:is )?in progress|verify callout)|\bverifying (?:the )?sender\b/.test(
        text,
      ),
    text: 'The server could not verify the sender address yet.',
    cause: 'sender-unverified',
  },
  {
    // At MAIL, no other address is known.
    fits: ({ at, status, text }) =>
      status === '1.7' ||
      (at === 'MAIL' && status === '1.1') ||
      /sender address rejected: malformed|sender verif|\bsender\b.{0,40}(unknown|not found|n.t exist|not exist|invalid)/.test(
        text,
      ),
    text: 'The server considers the sender address invalid or nonexistent.',
    cause: 'sender-unknown',
  },
  {
    fits: ({ status, text }) =>
      ['7.60', '2.252'].includes(status) ||
      AS_SENDER.test(text) ||
      /sender address rejected|\bsender rejected\b|\bbadmailfrom\b/.test(text),
    text: 'The server does not allow this client to send as this sender.',
    cause: 'sender-not-allowed',
  },
  {
    fits: says(/\bmailbox logon failure\b/),
    text: 'The account has authenticated, but cannot open its mailbox.',
    cause: 'mailbox-access',
  },
];
