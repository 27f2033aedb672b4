import type { ReproducibleEndpoint } from './subject.js';

/**
 * The command that shows the claims of an access token that are not secret. It asks for the token and sends it to nobody.
 * Undefined if a password is configured.
 */
export function tokenClaimsCommand({ auth }: ReproducibleEndpoint): string | undefined {
  if (auth?.kind !== 'access-token') return undefined;
  // base64 reports the padding that a JWT leaves out, and the line that is cut, after it has decoded them.
  return [
    "echo 'Enter the access token:'; head -n 1",
    'cut -d . -f 2',
    'tr _- /+',
    'base64 -d 2>/dev/null',
    `grep -oE '"(aud|exp|scp|scope|roles)"[[:space:]]*:[[:space:]]*("[^"]*"|\\[[^]]*\\]|[0-9]+)'`,
  ].join(' | ');
}
