import { PROVIDER_PATTERNS } from './providers.js';

/** Mail services, and mail servers, that give themselves away in what they say. */
const SOFTWARE = {
  ...PROVIDER_PATTERNS,
  Postfix: /\bPostfix\b/,
  Exim: /\bExim\b/,
  Sendmail: /\bSendmail\b/,
  OpenSMTPD: /\bOpenSMTPD\b/,
  Exchange: /\bMicrosoft ESMTP MAIL Service\b/,
  Haraka: /\bHaraka\b/,
  Stalwart: /\bStalwart\b/i,
} as const;

export type Software = keyof typeof SOFTWARE;

/**
 * Recognises the server.
 * @param texts what it said: the greeting, the lines of its answer to EHLO, a refusal
 */
export function recognise(texts: readonly string[]): Software | undefined {
  const names = Object.keys(SOFTWARE) as Software[];
  return names.find((name) => texts.some((text) => SOFTWARE[name].test(text)));
}
