import { CATALOG, type CatalogEntry, type FindingCode } from './catalog.js';
import type { Cause, Values } from './catalog/entry.js';
import { certificateCauseOfInbox } from './inbox-certificate.js';

/** @param name of the cause; undefined means the usual one. For the certificate of an inbox it is that of a certificate finding */
export function causeOf(code: FindingCode, name: string | undefined): Cause {
  const entry: CatalogEntry = CATALOG[code];
  if (name === undefined) return entry.usual;
  const cause = code === 'inbox-unreachable' ? certificateCauseOfInbox(name) : undefined;
  return cause ?? entry.causes?.[name] ?? entry.usual;
}

/** The title of a finding with this cause. @param cause undefined means the usual one */
export function titleOf(code: FindingCode, cause?: string): string {
  const entry: CatalogEntry = CATALOG[code];
  return causeOf(code, cause).title ?? entry.title;
}

/** A text of a cause. It is prose in which backticks mark code; those in text from the network must not. */
export function textOf(text: NonNullable<Cause['newCertificate']>, evidence: Values = {}): string {
  if (typeof text === 'string') return text;
  return text(
    Object.fromEntries(Object.entries(evidence).map(([field, value]) => [field, value.replaceAll('`', "'")])),
  );
}
