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

/**
 * Masks these secrets in all their forms.
 * @param setSecret makes the runner mask a text in everything that the job prints from now on
 */
export function mask(secrets: readonly KnownSecret[], setSecret: (text: string) => void): void {
  const forms = new Set(secrets.flatMap(maskForms));
  for (const form of forms) setSecret(form);
}
