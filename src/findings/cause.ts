import { CATALOG, type CatalogEntry } from './catalog.js';
import type { FindingCode } from './codes.js';
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

/** The first of these names of causes that the code has. */
export function firstCause(code: FindingCode, names: readonly (string | undefined)[]): { readonly cause?: string } {
  const { causes = {} }: CatalogEntry = CATALOG[code];
  const cause = names.find((name) => name !== undefined && name in causes);
  return cause === undefined ? {} : { cause };
}

/**
 * A text of a cause. It is prose in which backticks mark code and line breaks separate the items of a list; those in text
 * from the network must not.
 */
export function textOf(text: NonNullable<Cause['newCertificate']>, evidence: Values = {}): string {
  if (typeof text === 'string') return text;
  return text(
    Object.fromEntries(
      Object.entries(evidence).map(([field, value]) => [field, value.replaceAll('`', "'").replaceAll('\n', ' ')]),
    ),
  );
}
