import * as core from '@actions/core';

import type { Plan } from '../plan/endpoint.js';

/** A credential in clear, and the name that goes with it where protocols join the two. */
export interface KnownSecret {
  readonly value: string;
  readonly username?: string;
}

/** Every credential that a plan holds. */
export function secretsOf({ endpoints }: Plan): KnownSecret[] {
  return endpoints.flatMap(({ auth, delivery }) => [
    ...(auth ? [{ value: auth.secret.reveal(), username: auth.username }] : []),
    ...(delivery?.inbox ? [{ value: delivery.inbox.password.reveal(), username: delivery.inbox.username }] : []),
  ]);
}

/**
 * What protocols make of a secret, beside the secret itself. The runner masks only what it is told, and what it can
 * work out from that: a PLAIN response has the username in front, so its base64 has nothing in common with the secret's.
 * @returns each form once, without empty ones; of a secret with several lines each line too
 */
export function maskForms({ value, username }: KnownSecret): string[] {
  if (value.trim() === '') return [];
  const lines = value.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const forms = [value, value.trim(), ...lines, base64(value), encodeURIComponent(Buffer.from(value).toString())];
  if (username !== undefined) {
    forms.push(
      base64(`\0${username}\0${value}`), // PLAIN, RFC 4616
      base64(`${username}\0${username}\0${value}`),
      base64(`user=${username}\x01auth=Bearer ${value}\x01\x01`), // XOAUTH2
      base64(`n,a=${username},\x01auth=Bearer ${value}\x01\x01`), // OAUTHBEARER, RFC 7628
    );
  }
  return [...new Set(forms)];
}

/** Has the runner mask credentials, in all their forms, in everything that this job prints from now on. */
export function mask(secrets: Iterable<KnownSecret>): void {
  const forms = new Set([...secrets].flatMap(maskForms));
  for (const form of forms) core.setSecret(form);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
