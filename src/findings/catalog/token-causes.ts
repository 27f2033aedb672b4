import { listOf } from '../../text/lists.js';
import { configuration, SIGN_IN, type Causes } from './auth-cause.js';
import type { Reproduction, Values } from './entry.js';

/** Why a server rejects an access token: according to the server, or to the token itself. */

const SCOPES = 'Google: scope `https://mail.google.com/`. Microsoft 365: scope `https://outlook.office.com/SMTP.Send`.';

/** The part of a token that says for which service it is, and what it permits. */
const CLAIMS: Reproduction = {
  command: 'token-claims',
  shows: ({ tokenAudience = '' }) => tokenAudience,
  otherwise: SIGN_IN,
};

const NEW_TOKEN = 'Get a new token in each run, instead of storing one as a secret: most tokens are valid for an hour.';
const NOT_ACCEPTED = 'Access token not accepted';

export const OF_THE_TOKEN = {
  'access-token': configuration(
    NOT_ACCEPTED,
    ({ tokenExpires }: Values) =>
      listOf(
        tokenExpires === undefined
          ? 'Get a new token in each run, instead of storing one as a secret: this one has probably expired, because most are valid for an hour.'
          : 'Check which service, user and scope the token was issued for.',
        [
          ...(tokenExpires === undefined ? ['If a new token is rejected too, check what it was issued for.'] : []),
          'The service must be this server, and the scope must include SMTP.',
          'The user must be the one in `auth.username`.',
        ],
      ),
    { examples: SCOPES, setting: 'access-token' },
  ),
  'token-unclear': configuration(
    NOT_ACCEPTED,
    listOf('Do what the server says in its reply, if it names a reason.', [
      'Otherwise, get a new token in each run, instead of storing one as a secret: most are valid for an hour.',
      'If a new token is rejected too, check its scope, and whether its user is the one in `auth.username`.',
    ]),
    { examples: SCOPES, setting: 'access-token' },
  ),
  'token-lockout': configuration(
    'Locked after too many failures',
    listOf('Stop the runs, and wait until the server accepts logins again, which can take hours.', [
      'Then get a new token in each run, instead of storing one as a secret: an expired one may count as a failed login.',
      'Look for other clients that authenticate for this account with an old password or token.',
      'Each attempt counts, also with a command.',
    ]),
  ),
  'no-access-with-token': configuration(
    'Account not allowed to use SMTP',
    'Allow SMTP for this account: in its settings at a mail service, or in its permissions on the server. The token itself may be valid.',
  ),
  'smtp-auth-disabled-with-token': configuration(
    'SMTP AUTH disabled for the account',
    'Ask the administrator of the mail service to enable SMTP AUTH for this mailbox and, if it is disabled there, for the organization. The token itself may be valid.',
    { setting: 'smtp-auth-for-token' },
  ),
  'token-expired': configuration('Access token expired', NEW_TOKEN, { certainty: 'certain' }),
  'token-scope': configuration(
    'Access token lacks a scope',
    'Request the token with the scope that the server requires for SMTP. The SASL error in the evidence may name it.',
    { examples: SCOPES, setting: 'access-token' },
  ),
  'token-audience': configuration(
    'Access token for a different service',
    ({ tokenAudience = 'a different service' }: Values) =>
      `Request the token for this mail service instead of ${tokenAudience}: change the scope (or resource) in the request for the token.`,
    { certainty: 'certain', setting: 'access-token', reproduce: CLAIMS },
  ),
  'token-permission': configuration(
    'Access token lacks the permission for SMTP',
    'Add the permission for SMTP to the application, have an administrator grant it, and request a new token.',
    { setting: 'access-token', reproduce: CLAIMS },
  ),
  'token-mailbox': configuration(
    'Access token not accepted for this mailbox',
    'Check that the token may use the mailbox in `auth.username`: the token itself is for this service, and has a permission for SMTP.',
    { setting: 'mailbox-access' },
  ),
  'id-token': configuration(
    'ID token instead of an access token',
    'Configure the `access_token` from the response of the token endpoint, not the `id_token`. A service account must exchange the JWT that it signs for an access token.',
    { setting: 'access-token' },
  ),
  'token-not-checked': configuration(
    'Access token not accepted, or not checked',
    'Authenticate with a new token for the same user. If the server rejects that too, its log shows whether it can validate tokens at all.',
    { examples: SCOPES, setting: 'access-token' },
  ),
} as const satisfies Causes;
