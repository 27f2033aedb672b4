import type { Secret } from '../secrets/secret.js';

/** What an access token says about itself. The rest of it is secret. */
export interface TokenClaims {
  /** The service that it is for. */
  readonly audience?: string;
  readonly expires?: Date;
  /** What it permits: the scopes of a user, or the roles of an application. */
  readonly permissions: readonly string[];
}

/** In characters. Tokens have one to four thousand. */
const MAX_TOKEN = 16 * 1024;
/** A longer claim is none of those that a person can compare. */
const MAX_CLAIM = 100;

/** A claim that can be shown: an address, a GUID, or the name of a scope. */
const SHOWN = /^[\w.:/@+-]+$/;

/**
 * Reads the claims of an access token that are not secret. Nothing verifies its signature, so they only explain a rejection.
 * @returns undefined if it is not a JWT (RFC 7519); the tokens of Google, for example, are not
 */
export function claimsOf(token: Secret): TokenClaims | undefined {
  const claims = payloadOf(token.reveal().trim());
  if (claims === undefined) return undefined;
  const [audience] = shown([claims.aud].flat());
  const expires = dateOf(claims.exp);
  return {
    ...(audience !== undefined && { audience }),
    ...(expires && { expires }),
    permissions: shown([claims.scp, claims.scope, claims.roles].flatMap(members)),
  };
}

function payloadOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload] = /^eyJ[\w-]*\.(eyJ[\w-]+)\.[\w-]*$/.exec(token.slice(0, MAX_TOKEN)) ?? [];
  if (payload === undefined || token.length > MAX_TOKEN) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Scopes are a text with spaces (RFC 8693 section 4.2), or an array. */
function members(claim: unknown): unknown[] {
  return typeof claim === 'string' ? claim.split(' ') : [claim].flat();
}

function shown(values: readonly unknown[]): string[] {
  return values.filter((one) => typeof one === 'string').filter((one) => one.length <= MAX_CLAIM && SHOWN.test(one));
}

function dateOf(seconds: unknown): Date | undefined {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
