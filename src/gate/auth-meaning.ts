import type { Reply } from '../smtp/reply.js';

/** What an enhanced code (RFC 3463, its registry, and where they differ the provider that invented it) says to AUTH. */
const BY_ENHANCED_CODE: Readonly<Record<string, string>> = {
  '5.5.4': 'the server does not know the mechanism, or cannot read what came with it',
  '5.5.6': 'the server takes no line as long as these credentials make it',
  '5.7.1': 'a policy forbids it to this client: an IP allow-list, or the port',
  '5.7.3': 'the credentials are wrong, or not for this server (as Exchange says it)',
  '5.7.8': 'the user name or the password is wrong, as far as the server tells',
  '5.7.9': 'the server wants a stronger proof than this: another mechanism, or an application password',
  '5.7.11': 'the server believes that the session is not encrypted',
  '5.7.12': 'the account must sign in with PLAIN once, for its password to be converted',
  '5.7.13': 'the account is disabled',
  '5.7.14': 'the account must be confirmed in a web browser first (as Google says it)',
  '5.7.139': 'SMTP AUTH or basic authentication is switched off for the mailbox or the tenant, whatever the password',
};

/** What a code (RFC 4954 section 6) says, where nothing more precise is there. */
const BY_CODE: Readonly<Record<number, string>> = {
  432: 'the account must sign in with PLAIN once, for its password to be converted',
  454: 'the server cannot check credentials now',
  500: 'the server does not know AUTH, or the line is too long for it',
  501: 'the server cannot read what the mechanism sends',
  502: 'the server does not know AUTH, though it offers it',
  503: 'AUTH has no place here: it is not switched on for this client, or somebody is signed in already',
  504: 'the server does not know the mechanism, though it offers it',
  530: 'the server believes that the session is not encrypted',
  534: 'the server wants a stronger proof than this: another mechanism, or an application password',
  535: 'the user name or the password is wrong, as far as the server tells',
  538: 'the server believes that the session is not encrypted',
};

/** Words by which servers say what no code of theirs does. */
const BY_WORDS: readonly (readonly [RegExp, string])[] = [
  [/app(lication)?[- ](specific )?password/i, 'an application password is wanted in place of that of the account'],
  [/disabled for the (tenant|mailbox)/i, 'SMTP AUTH is switched off for the mailbox or the tenant'],
  [/too many|rate limit/i, 'the server has seen too many failures, and answers no question now'],
  [/locked|suspended|blocked/i, 'the account, or this client, is locked out'],
  [/already auth/i, 'somebody is signed in already, such as a proxy or by the certificate'],
  [/not enabled/i, 'AUTH is not switched on for this client'],
];

/**
 * What a refusal of AUTH means, in words.
 * @returns the end of a sentence; undefined where nothing is known of it
 */
export function meaningOf({ code, enhanced, lines }: Reply): string | undefined {
  const text = lines.map(({ exact }) => exact).join(' ');
  const byWords = BY_WORDS.find(([pattern]) => pattern.test(text))?.[1];
  // Whether for now or for good is the question of the reply's own code.
  const permanent = enhanced?.replace(/^4/, '5');
  return byWords ?? BY_ENHANCED_CODE[permanent ?? ''] ?? BY_CODE[code];
}
