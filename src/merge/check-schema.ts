import { z } from 'zod';
import type { EndpointReport, Report } from '../report/report.js';
import { reportSchema } from '../report/schema.js';
import { visible } from '../text/peer.js';
import { shorten } from '../text/shorten.js';

type Checked = { readonly ok: true; readonly report: Report } | { readonly ok: false; readonly why: string };

const MAX_ENDPOINTS = 200_000;
/** Of one endpoint: its objects, lists, texts and numbers. */
const MAX_VALUES = 100_000;
/** In characters. */
const QUOTE_LIMIT = 100;

const headSchema = reportSchema.extend({ endpoints: z.array(z.unknown()).min(1) });
const endpointSchema = reportSchema.shape.endpoints.element;

/**
 * Checks a report against its schema. Zod collects every problem, and a file of a few MB can have millions of them. So
 * each endpoint is checked separately, and the first problem ends the check.
 * @returns the report; otherwise what is wrong with the file
 */
export function checkSchema(content: object): Checked {
  const list: unknown = 'endpoints' in content ? content.endpoints : undefined;
  if (Array.isArray(list) && list.length > MAX_ENDPOINTS) return invalid(`has more than ${MAX_ENDPOINTS} endpoints`);
  const head = headSchema.safeParse(content);
  if (!head.success) return mismatch(head.error);
  const endpoints: EndpointReport[] = [];
  for (const [index, value] of head.data.endpoints.entries()) {
    if (hasTooManyValues(value)) return invalid(`has an endpoint with more than ${MAX_VALUES} values`);
    const endpoint = endpointSchema.safeParse(value);
    if (!endpoint.success) return mismatch(endpoint.error, ['endpoints', index]);
    endpoints.push(endpoint.data);
  }
  return { ok: true, report: { ...head.data, endpoints } };
}

function invalid(why: string): Checked {
  return { ok: false, why: `is damaged: it ${why}` };
}

function mismatch({ issues }: z.ZodError, place: readonly PropertyKey[] = []): Checked {
  const at = [...place, ...(issues[0]?.path ?? [])].join('.');
  return invalid(`does not match the schema of reports${at && ` at ${shorten(visible(at), QUOTE_LIMIT)}`}`);
}

/** Not recursive, because the nesting may be deep. */
function hasTooManyValues(root: unknown): boolean {
  const left = [root];
  let values = 0;
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    const parts: unknown[] = Object.values(value);
    values += parts.length;
    if (values > MAX_VALUES) return true;
    for (const part of parts) left.push(part);
  }
  return false;
}
