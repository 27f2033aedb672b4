import { parseMessage, valuesOf } from './fields.js';

/** The report is before the quoted message, and small. */
const MAX_REPORT_BYTES = 32 * 1024;

/** Nobody reads more of a diagnostic text. In characters. */
const MAX_DIAGNOSTIC = 500;

/**
 * Why a message could not be delivered, if this is a report of that (RFC 3464).
 * @returns the text of the server that rejected it, or the status code; undefined for other messages, and for a report of
 *   a delay
 */
export function bounceReason(source: Buffer): string | undefined {
  const parsed = parseMessage(source);
  const [type = ''] = valuesOf(parsed, 'content-type');
  if (!/^multipart\/report\b/i.test(type)) return undefined;
  const report = parsed.body.toString('utf8', 0, MAX_REPORT_BYTES).replace(/\r?\n[ \t]+/g, ' ');
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*)$`, 'im').exec(report)?.[1]?.trim();
  if (field('Action')?.toLowerCase() !== 'failed') return undefined;
  const diagnostic = field('Diagnostic-Code')?.replace(/^[\w-]+;\s*/, '') ?? '';
  return (diagnostic === '' ? `status ${field('Status') ?? 'unknown'}` : diagnostic).slice(0, MAX_DIAGNOSTIC);
}
