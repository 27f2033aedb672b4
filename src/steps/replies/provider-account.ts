import type { Reply } from '../../smtp/reply.js';
import { wordsOf } from '../reply-text.js';

/** Why a mail service does not let an account send this message: the account has to be changed, not the server. */
export type AccountCause =
  | 'recipient-not-authorized'
  | 'sender-not-verified'
  | 'sending-limit'
  | 'account-blocked'
  | 'organization-blocked'
  | 'permission-missing'
  | 'account-not-active';

export interface AccountMeaning {
  readonly text: string;
  readonly cause: AccountCause;
}

const RECIPIENT_NOT_AUTHORIZED = {
  text: 'The account may send only to certain recipients, as in a sandbox or a trial.',
  cause: 'recipient-not-authorized',
} as const;
const SENDER_NOT_VERIFIED = {
  text: 'The sender is not verified for this account.',
  cause: 'sender-not-verified',
} as const;

/** Amazon SES names the sender and, in the sandbox, also recipients. */
const IDENTITIES = /\bidentities failed the check in region\b/;

/** The words of services, in lower case. The first row that matches counts. */
const ROWS: readonly (readonly [RegExp, AccountMeaning])[] = [
  [
    /\bsandbox (?:sub-?domains?|accounts?|mode)\b|\(sandbox\)|\bin (?:a |the )?sandbox\b|\bfor test purposes only\b|\bauthorized recipients\b|\brecipient addresses must share the same domain\b|\bonly send testing emails\b|\bexternal recipients? (?:is|are) not allowed\b|\b(?:trial|demo|free) (?:accounts?|domains?) can only\b/,
    RECIPIENT_NOT_AUTHORIZED,
  ],
  [
    /\bverified sender identit|\bsender signature\b|\bdomain (?:is )?(?:not verified|unverified)\b|\bmust be verified in your account\b|\bunconfigured sending domain\b|\bdomain is not associated with your account\b|\bvalidate your sender\b|\bsender (?:is |has )?not (?:been )?validated\b|\bunregistered domains?\b|\bapproved sender\b|\bfrom\/sender name is not valid\b|\bfrom address not verified\b/,
    SENDER_NOT_VERIFIED,
  ],
  [
    /\btenant has exceeded threshold\b/,
    { text: 'All accounts of the organization are blocked from sending.', cause: 'organization-blocked' },
  ],
  [
    new RegExp(
      [
        String.raw`\bbad outbound sender\b`,
        String.raw`\boutbound ?spam`,
        String.raw`\boutgoing (?:is )?blocked\b`,
        String.raw`\bunusual (?:sending )?activity\b`,
        String.raw`\baccount (?:is |has been |was )?(?:temporarily )?(?:blocked|locked|suspended|disabled) (?:because|due)\b`,
      ].join('|'),
    ),
    { text: 'The account is blocked from sending, usually because of spam.', cause: 'account-blocked' },
  ],
  [
    /\bis not authorized to perform `?ses:|\bdoes not have (?:permission|the required scope) to send\b/,
    { text: 'The credentials are valid, but have no permission to send.', cause: 'permission-missing' },
  ],
  [
    new RegExp(
      [
        String.raw`\b(?:daily|monthly|hourly) [^.;]{0,40}\b(?:limit|quota)\b`,
        String.raw`\b(?:sending|send|message|submission|email|plan) (?:limit|quota)\b[^.;]{0,30}\b(?:exceeded|reached|used up)\b`,
        String.raw`\bexceeded (?:its|your|the) [^.;]{0,20}\b(?:sending|message|email) (?:limit|quota)\b`,
        String.raw`\bsubmissionquotaexceeded|\bmail quota exceeded\b|\bpolicy rejection: quota exceeded\b`,
        String.raw`\bcredits? (?:limit )?exceeded\b|\b(?:out of|insufficient|no more) credits?\b`,
        String.raw`\bquota exceeded\b[^.;]{0,30}\bper (?:hour|day)\b`,
        String.raw`\bexceeded the max (?:emails|defers and failures) per hour\b`,
      ].join('|'),
    ),
    { text: 'The account has reached its sending limit.', cause: 'sending-limit' },
  ],
  [
    /\bsending (?:is |has been )?(?:paused|suspended|disabled)\b|\boutgoing mail from\b.{0,60}\bsuspended\b|\bsmtp (?:user|account) is (?:not active|inactive|disabled)\b|\bactivate your (?:\w+ )?account\b|\byour (?:\w+ )?account (?:is |has been |was )?(?:temporarily )?(?:suspended|disabled|deactivated|blocked|under review|on hold|pending|not (?:yet )?(?:activated|approved|active))\b/,
    {
      text: 'The account cannot send: it is suspended, under review, or not activated.',
      cause: 'account-not-active',
    },
  ],
];

/**
 * @param ours the addresses of the message, to find out which of them the service names
 * @returns undefined if the reply is not about the account
 */
export function accountMeaningOf(
  reply: Reply,
  ours?: { readonly from: string; readonly to: string },
): AccountMeaning | undefined {
  const text = reply.lines.map(({ exact }) => exact.toLowerCase()).join(' ');
  if (!ours || !IDENTITIES.test(text)) {
    // Exchange names its exceptions in words with dots.
    const words = [wordsOf(reply), ...(text.match(/\b[a-z]+exception\b/g) ?? [])].join(' ');
    return ROWS.find(([pattern]) => pattern.test(words))?.[1];
  }
  const identities = text.slice(text.search(IDENTITIES)).split(/[\s,/]+/);
  const names = (address: string): boolean => {
    const lowercase = address.toLowerCase();
    return identities.some((name) => name === lowercase || name === lowercase.slice(lowercase.lastIndexOf('@') + 1));
  };
  return names(ours.to) && !names(ours.from) ? RECIPIENT_NOT_AUTHORIZED : SENDER_NOT_VERIFIED;
}
