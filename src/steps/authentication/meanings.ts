import type { CauseOf } from '../../findings/catalog.js';
import type { Credentials } from '../../plan/endpoint.js';

export type Kind = Credentials['kind'];

/** The catalog may have a cause for some codes only; with any other code, the finding has its usual cause. */
export type AuthCause = CauseOf<'auth-rejected' | 'auth-command-refused' | 'auth-mechanism-unavailable'>;

export interface AuthMeaning {
  readonly text: string;
  readonly cause: AuthCause;
  readonly blamesCredentials: boolean;
}

/** The server blames the credentials. */
export const credentials = (text: string, cause: AuthCause): AuthMeaning => ({ text, cause, blamesCredentials: true });
/** The server blames something else. */
export const other = (text: string, cause: AuthCause): AuthMeaning => ({ text, cause, blamesCredentials: false });

/** The server names the credentials, and says no more about them. */
export const WRONG: Readonly<Record<Kind, AuthMeaning>> = {
  password: credentials('The server does not accept this username and password.', 'wrong-credentials'),
  'access-token': credentials(
    'According to the server, the access token is not valid for this user on this server.',
    'access-token',
  ),
  certificate: credentials('According to the server, the certificate is not valid for this user.', 'certificate'),
};

export const CLIENT_NOT_ALLOWED = other(
  'A policy of the server does not allow this client to authenticate, such as an IP allowlist or a rule for the port.',
  'client-not-allowed',
);
export const NOT_ENCRYPTED = other('The server treats the session as unencrypted.', 'not-encrypted');
export const NO_BASIC_AUTHENTICATION = other('The service does not accept passwords for SMTP AUTH.', 'passwords-ended');
