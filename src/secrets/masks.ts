import * as core from '@actions/core';

import { sentForms } from './derived-secrets.js';
import type { PlannedSecret } from './derived-secrets.js';

/**
 * What protocols make of a secret, beside the secret itself. The runner masks only what it is told, and what it can
 * work out from that: a PLAIN response has the username in front, so its base64 has nothing in common with the secret's.
 * @returns each form once, without empty ones; of a secret with several lines each line too
 */
export function maskForms(planned: PlannedSecret): string[] {
  const value = planned.secret.reveal();
  if (value.trim() === '') return [];
  const forms = [
    value,
    value.trim(),
    ...value.split(/\r\n|\r|\n/).filter((line) => line.trim() !== ''),
    Buffer.from(value).toString('base64'),
    encodeURIComponent(Buffer.from(value).toString()),
    ...sentForms(planned),
  ];
  return [...new Set(forms)];
}

/** Has the runner mask credentials, in all their forms, in everything that this job prints from now on. */
export function mask(secrets: Iterable<PlannedSecret>): void {
  const forms = new Set([...secrets].flatMap(maskForms));
  for (const form of forms) core.setSecret(form);
}
