import { createHash } from 'node:crypto';
import type { InputSettings } from './schema/schema.js';
import type { Located, LocatedMapping } from './source/located.js';

/** Keys whose values may be secrets, or files on the machine: only whether they are set counts. */
const ONLY_PRESENCE: readonly string[] = ['username', 'password', 'access-token', 'ca', 'client-cert', 'client-key'];

/** Inputs that apply to every endpoint. */
const COUNTED_INPUTS = ['min-tls-version', 'min-valid-days', 'warn-valid-days', 'require'] as const;

/**
 * A hash of what a plan tests, before it is divided: shards of the same plan have the same one. No secret is hashed, because
 * a hash of a password can be used to guess it. Instead of a value with `${NAME}`, that text is hashed, and of the inputs
 * that endpoints inherit, such as `rcpt-to`, only whether they are set (docs/adr/0029).
 * @param endpoints the configured endpoints, with their names, merged with the defaults and the inputs
 * @returns 64 hexadecimal digits
 */
export function hashPlan(
  endpoints: Iterable<{ readonly name: string; readonly merged: LocatedMapping }>,
  inputs: InputSettings,
): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(COUNTED_INPUTS.map((name) => inputs[name])));
  for (const { name, merged } of endpoints) hash.update(JSON.stringify([name, canonical(merged)]));
  return hash.digest('hex');
}

/** The same for the same settings: without places, and with keys in a fixed order. */
function canonical(node: Located): unknown {
  if (node.kind === 'list') return node.items.map(canonical);
  if (node.kind === 'mapping') {
    const entries = [...node.entries].map(([key, { value }]) => [key, isHidden(key, value) ? true : canonical(value)]);
    return entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  }
  return node.template ?? node.text;
}

function isHidden(key: string, { kind, place: { input, line } }: Located): boolean {
  const isWholeInput = kind === 'text' && input !== undefined && line === undefined;
  return isWholeInput || ONLY_PRESENCE.includes(key);
}
