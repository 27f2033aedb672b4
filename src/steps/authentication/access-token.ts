import type { CauseOf } from '../../findings/catalog.js';
import { recognize, type Said, type SoftwareName } from '../../findings/software.js';
import type { Credentials } from '../../plan/endpoint.js';
import { claimsOf, type TokenClaims } from '../../sasl/token-claims.js';
import { fixed, join, own, type OwnText } from '../../text/own.js';
import { daysOrHours } from '../../text/time-left.js';

/** Of a token. All of them are judged. */
const MAX_PERMISSIONS = 10;

/** What the claims of a rejected access token show. */
interface TokenProblem {
  readonly cause?: CauseOf<'auth-rejected'>;
  readonly text?: OwnText;
  readonly evidence: Readonly<Partial<Record<'tokenAudience' | 'tokenExpires' | 'tokenPermissions', string>>>;
}

/** Exchange Online by its addresses and its ID. */
const EXCHANGE_ONLINE =
  /^(?:https:\/\/outlook\.office(?:365)?\.com\/?|(?:spn:)?00000002-0000-0ff1-ce00-000000000000)$/i;
/** For SMTP, with the token of a user or of an application. */
const MAY_SEND = /^SMTP\.Send(?:AsApp)?$/;

/**
 * Why a server rejects an access token, according to the token itself.
 * @returns undefined if the token is not a JWT, or says nothing about it
 */
export function tokenProblem(auth: Credentials, said: Said, now: Date): TokenProblem | undefined {
  const claims = auth.kind === 'access-token' ? claimsOf(auth.secret) : undefined;
  if (!claims) return undefined;
  const { audience, expires, permissions } = claims;
  const evidence = {
    ...(audience !== undefined && { tokenAudience: audience }),
    ...(expires && { tokenExpires: expires.toISOString() }),
    ...(permissions.length > 0 && { tokenPermissions: permissions.slice(0, MAX_PERMISSIONS).join(' ') }),
  };
  if (Object.keys(evidence).length === 0) return undefined;
  if (expires && expires <= now) {
    const ago = fixed(daysOrHours(now.getTime() - expires.getTime()));
    return { cause: 'token-expired', text: own`The access token expired ${ago} ago.`, evidence };
  }
  const service = recognize(said)?.name;
  const judged = service && AT_SERVICE[service]?.(claims);
  return { ...(judged ?? described(claims)), evidence };
}

/** What takes the place of causes whose fix is about a password. */
const WITH_TOKEN: Readonly<Record<string, string>> = {
  'app-password': 'token-unclear',
  'browser-confirmation': 'token-unclear',
  'stronger-authentication': 'token-unclear',
  'password-transition': 'token-unclear',
  'passwords-ended': 'token-unclear',
  'unknown-words': 'token-unclear',
  'smtp-auth-disabled': 'smtp-auth-disabled-with-token',
  'no-access': 'no-access-with-token',
  'too-many-failures': 'token-lockout',
};

/** Why a server rejects an access token, according to its reply: none of the causes is about a password. */
export function causesWithToken(causes: readonly (string | undefined)[]): (string | undefined)[] {
  return causes.map((cause) => (cause === undefined ? undefined : (WITH_TOKEN[cause] ?? cause)));
}

const AT_SERVICE: Readonly<Partial<Record<SoftwareName, (claims: TokenClaims) => Omit<TokenProblem, 'evidence'>>>> = {
  'Microsoft 365': (claims) => {
    const { audience, permissions } = claims;
    if (audience !== undefined && !EXCHANGE_ONLINE.test(audience)) {
      const text = own`The access token is for ${audience}. SMTP requires one for https://outlook.office365.com.`;
      return { cause: 'token-audience', text };
    }
    if (audience !== undefined && !permissions.some((one) => MAY_SEND.test(one))) {
      const which = permissions.length === 0 ? own`has no permission` : own`permits ${listed(permissions)}`;
      const text = own`The access token ${which}. SMTP requires SMTP.Send for a user, or SMTP.SendAsApp for an application.`;
      return { cause: 'token-permission', text };
    }
    return { cause: 'token-mailbox', ...described(claims) };
  },
  // Its access tokens are not JWTs, but its ID tokens and the assertions of service accounts are.
  Google: () => ({
    cause: 'id-token',
    text: own`The configured token is a JWT, like an ID token. Access tokens of Google are not JWTs.`,
  }),
};

function listed(permissions: readonly string[]): OwnText {
  const first = permissions.slice(0, MAX_PERMISSIONS).join(', ');
  const more = permissions.length - MAX_PERMISSIONS;
  return more > 0 ? own`${first}, and ${more} more` : own`${first}`;
}

/** What is not wrong. */
function described({ audience, expires }: TokenClaims): Pick<TokenProblem, 'text'> {
  const service = audience === undefined ? [] : [own`is for ${audience}`];
  const said = [...service, ...(expires ? [own`has not expired`] : [])];
  return said.length === 0 ? {} : { text: own`The access token ${join(said, ' and ')}.` };
}
