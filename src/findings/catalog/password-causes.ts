import { listOf } from '../../text/lists.js';
import { SIGNED_IN } from '../commands/swaks.js';
import { configuration, server, SIGN_IN, type Causes } from './auth-cause.js';
import { REPLY, type Reproduction, type Values } from './entry.js';

/** Why a server rejects a username and a password. */

/** Only the mechanism fails. The server replies to its first message, which has no password. */
const ONLY_SCRAM_FAILS: Reproduction = {
  ...{ command: 'sign-in-with-password', shows: SIGNED_IN },
  otherwise: { command: 'scram-start', shows: REPLY },
};
/** One of the mechanisms that send the password may work. */
const EITHER_MECHANISM: Reproduction = { command: 'sign-in-either', shows: REPLY, otherwise: SIGN_IN };

const MISTAKES =
  'Typical mistakes: an old password, one from a different environment, a username with the wrong domain or none, a `$` that a shell expanded.';
const IF_CORRECT =
  "If they are correct, look in the server's log: the account may be locked, or require an app password.";
const DO_NOT_RETRY = 'Do not retry often, because that can lock the account.';

const WRONG_CREDENTIALS = 'Username or password not accepted';

export const OF_THE_PASSWORD = {
  'wrong-credentials': configuration(
    WRONG_CREDENTIALS,
    listOf('Compare the configured username and password with those of the account.', [
      MISTAKES,
      IF_CORRECT,
      DO_NOT_RETRY,
    ]),
    {
      setting: 'auth-rejected',
      accountRemedy: `Compare the configured username and password with those of the account: typical mistakes are an old password, one from a different environment, and a \`$\` that a shell expanded. ${DO_NOT_RETRY}`,
    },
  ),
  'wrong-credentials-or-mechanism': configuration(
    WRONG_CREDENTIALS,
    ({ mechanism = '', untried = '' }: Values) =>
      listOf('Compare the configured username and password with those of the account.', [
        MISTAKES,
        ifOneIsBroken(mechanism, untried),
        `If ${untried} fails too, look in the server's log: the account may be locked, or require an app password.`,
        DO_NOT_RETRY,
      ]),
    { setting: 'auth-rejected', reproduce: EITHER_MECHANISM },
  ),
  'unknown-words': configuration(
    'Credentials rejected',
    listOf('Do what the server says in its reply, if it names a reason.', [
      'Otherwise, compare the configured credentials with those of the account: the code of the reply is the one for wrong credentials.',
      "If they are correct, look for the reason in the server's log.",
    ]),
    {
      setting: 'app-password',
      accountRemedy: listOf('Do what the service says in its reply, if it names a reason.', [
        'Otherwise, compare the configured credentials with those of the account: the code of the reply is the one for wrong credentials.',
        'If they are correct, ask the support of the service.',
      ]),
    },
  ),
  'username-without-domain': configuration(
    'Username without a domain not accepted',
    ({ account = '', suggested = '', mechanism = '', untried }: Values) =>
      listOf(
        `Try \`${suggested}\` as the username: the configured one, \`${account}\`, has no domain, and usernames are addresses on many servers.`,
        [
          'If the account really has no domain in its name, compare the configured password with that of the account.',
          ...(untried === undefined ? [] : [ifOneIsBroken(mechanism, untried)]),
          DO_NOT_RETRY,
        ],
      ),
    { setting: 'auth-rejected', reproduce: EITHER_MECHANISM },
  ),
  'wrong-username': configuration(
    'Username in the wrong format',
    ({ account = '' }: Values) => `The configured username is \`${account}\`.`,
    { setting: 'username' },
  ),
  'password-expired': configuration(
    'Password expired',
    'Set a new password for the account, and update the configured one.',
    { certainty: 'certain' },
  ),
  'app-password': configuration(
    'App password required',
    'Create an app password in the security settings of the account, and configure it instead of the account password. If the service supports OAuth 2.0, an `access-token` works too.',
    { setting: 'app-password' },
  ),
  'browser-confirmation': configuration(
    'Browser sign-in required',
    'Sign in to the account with a web browser, and complete the prompts. If the rejection persists, use an app password or an `access-token` instead of the account password.',
    { setting: 'app-password' },
  ),
  'basic-auth-blocked': configuration(
    'Passwords not accepted for SMTP AUTH',
    'Ask the administrator of the organization to exempt this account from the policy that blocks passwords, or to allow OAuth 2.0 for it. With OAuth 2.0, authenticate with an `access-token` instead of a password.',
    { setting: 'basic-auth-blocked' },
  ),
  'security-defaults': configuration(
    'Passwords blocked by security defaults of the organization',
    'Ask the administrator of the organization to allow OAuth 2.0 for an application that sends mail, and then authenticate with an `access-token` instead of a password.',
    { setting: 'security-defaults' },
  ),
  'passwords-ended': configuration(
    'Passwords no longer supported for SMTP AUTH',
    'Authenticate with an `access-token` (OAuth 2.0) instead of a password: the service accepts no passwords for SMTP AUTH, from any account. The administrator of the organization has to allow the application that requests the token.',
    { setting: 'passwords-ended' },
  ),
  'password-transition': configuration('Password must be converted', ({ mechanism = '' }: Values) =>
    ['PLAIN', 'LOGIN'].includes(mechanism)
      ? 'Ask the administrator of the server to set the password of the account again.'
      : 'Set `auth.mechanism: PLAIN` for one run: PLAIN sends the password itself, which the server needs to convert the stored password for other mechanisms.',
  ),
  'padded-secret': configuration(
    'Password or token begins or ends with a space',
    listOf('Remove the space or line break at the beginning or end of the password or token, where it is stored.', [
      'To check, type it without the space when a command asks for it.',
      'If the space is part of the password, the username or password is wrong for another reason.',
    ]),
    { reproduce: { command: 'sign-in-with-password', shows: SIGNED_IN } },
  ),
  'password-storage': configuration(
    'Wrong password, or not stored for this mechanism',
    ({ mechanism = '' }: Values) =>
      listOf('If the server also offers PLAIN, set `auth.mechanism: PLAIN` for one run.', [
        `If that works, the server does not store this password in the form that ${mechanism} requires: store it in that form, or stop offering ${mechanism}.`,
        'If it does not work, the username or the password is wrong.',
      ]),
    { setting: 'auth-mechanisms' },
  ),
  'not-stored-for-scram': server(
    'Password not stored for SCRAM, or unknown user',
    ({ mechanism = '' }: Values) =>
      listOf(
        `Check on the server whether it stores the password of this account in the form that ${mechanism} requires. If not, store it in that form, or stop offering ${mechanism}.`,
        [
          'The username may also be wrong, but not the password: a server may reply the same for a user that it does not know.',
          'If the server also offers PLAIN, `auth.mechanism: PLAIN` is a workaround. It works only if the username and the password are right.',
        ],
      ),
    { setting: 'auth-mechanisms', reproduce: ONLY_SCRAM_FAILS },
  ),
  'bound-exchange': configuration('Wrong password, or channel binding failed', ({ mechanism = '' }: Values) =>
    listOf(
      `If the server also offers this mechanism without -PLUS, set \`auth.mechanism: ${unbound(mechanism)}\` for one run, without channel binding.`,
      [
        `If that works, find the proxy that terminates TLS, or configure the server to stop offering ${mechanism}.`,
        'If it does not work, the username or the password is wrong.',
      ],
    ),
  ),
  'channel-binding': server(
    'Channel binding failed',
    ({ mechanism = '' }: Values) =>
      listOf(
        `If a proxy of your own terminates TLS in front of the server, terminate TLS in the server instead, or configure the server to stop offering ${mechanism}.`,
        [
          'If there is no such proxy, update the server: it must support `tls-exporter` with TLS 1.3 (RFC 9266), and `tls-server-end-point` with TLS 1.2.',
          `Until then, if the server offers this mechanism without -PLUS, set \`auth.mechanism: ${unbound(mechanism)}\` to authenticate without channel binding.`,
        ],
      ),
    { certainty: 'certain', reference: 'RFC 5802 section 6' },
  ),
  'binding-not-offered': server(
    'Channel binding supported but not offered',
    listOf('Configure the server to offer the -PLUS mechanisms: without them, it rejects clients that support them.', [
      'If a proxy that terminates TLS has removed them from the offer, disable channel binding in the server behind it.',
    ]),
    { setting: 'auth-mechanisms', reference: 'RFC 5802 section 6' },
  ),
} as const satisfies Causes;

function ifOneIsBroken(mechanism: string, untried: string): string {
  return `If they are correct, set \`auth.mechanism: ${untried}\` for one run, or use \`--auth ${untried}\` of swaks. If that works, the ${mechanism} authenticator of the server is broken: correct it there.`;
}

function unbound(mechanism: string): string {
  return mechanism.replace(/-PLUS$/, '');
}
