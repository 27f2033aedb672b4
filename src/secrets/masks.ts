import * as core from '@actions/core';
import type { KnownSecret } from './forms.js';

/**
 * The texts to mask for a secret: the runner derives few forms itself.
 * @returns none if the secret is only spaces, because the runner would mask every space
 */
export function maskForms({ secret, sent }: KnownSecret): string[] {
  const value = secret.reveal();
  if (value.trim() === '') return [];
  const forms = [
    value,
    value.trim(),
    ...value.split(/\r\n|\r|\n/).filter((line) => line.trim() !== ''),
    Buffer.from(value).toString('base64'),
    encodeURIComponent(Buffer.from(value).toString()),
    ...sent,
  ];
  return [...new Set(forms)];
}

/** Makes the runner mask these secrets, in all their forms, in everything that the job prints from now on. */
export function mask(secrets: readonly KnownSecret[]): void {
  const forms = new Set(secrets.flatMap(maskForms));
  for (const form of forms) core.setSecret(form);
}
