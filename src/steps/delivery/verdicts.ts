import { domainToASCII } from 'node:url';
import type { CauseOf } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import {
  parseAuthenticationResults,
  resultsOf,
  type AuthenticationResults,
  type MethodResult,
} from '../../message/authentication-results.js';
import { BAD_SIGNATURE, verifySignatures, type DkimSignature } from '../../message/dkim.js';
import { valuesOf, type ParsedMessage } from '../../message/fields.js';
import type { Hop } from '../../message/trace.js';
import { Deadline } from '../../net/deadline.js';
import type { RequiredVerdicts } from '../../plan/endpoint.js';
import { excerpt } from '../../text/peer.js';
import type { Context } from '../context.js';
import { fixed, own } from '../../text/own.js';

/**
 * Compares the results of SPF, DKIM and DMARC with those that the configuration requires. DKIM signatures are verified
 * here. Only the receiver can check SPF and DMARC, so the results that the configured receiver added to the message
 * count (RFC 8601), if they are for the domain of the sender. SPF may also be for the domain in Return-Path, which a
 * relay replaces to receive bounces.
 */
export async function judgeVerdicts(
  context: Context,
  verdicts: RequiredVerdicts,
  source: Buffer,
  message: ParsedMessage,
  hops: readonly Hop[],
): Promise<KnownFinding[]> {
  const trusted = resultsOf(message, hops, verdicts.authservId ?? '');
  return [
    ...judgeReceiver(context, 'spf', verdicts, message, trusted),
    ...(await judgeSignatures(context, verdicts.dkim, source)),
    ...judgeReceiver(context, 'dmarc', verdicts, message, trusted),
  ];
}

function mismatch(
  check: 'spf' | 'dkim' | 'dmarc',
  required: string,
  found: string,
  evidence: Record<string, string>,
  keyProblem?: DkimSignature['keyProblem'],
): KnownFinding {
  const why = evidence.reason === undefined ? own`` : own` (${evidence.reason})`;
  const cause = mismatchCause(check, required, found, evidence.reason, keyProblem);
  const message = own`The ${fixed(check.toUpperCase())} result is ${found}${why}, but the configuration requires ${required}.`;
  return finding('delivery-verdict-mismatch', message, {
    evidence: { check, required, found, ...evidence },
    ...(cause !== undefined && { cause }),
    // A temporary error does not show whether the check would pass.
    ...(found === 'temperror' && { inconclusive: true }),
  });
}

/** Only a result that should be a pass says what to correct. */
function mismatchCause(
  check: 'spf' | 'dkim' | 'dmarc',
  required: string,
  found: string,
  reason = '',
  keyProblem?: DkimSignature['keyProblem'],
): CauseOf<'delivery-verdict-mismatch'> | undefined {
  if (found === 'temperror') return 'temporary';
  if (required !== 'pass') return undefined;
  if (check !== 'dkim') return check;
  if (keyProblem !== undefined) return `dkim-key-${keyProblem}`;
  return found === 'none' ? 'dkim-missing' : (DKIM_CAUSES[reason] ?? 'dkim');
}

/** By the reason of the verification. */
const DKIM_CAUSES: Readonly<Record<string, CauseOf<'delivery-verdict-mismatch'>>> = {
  [BAD_SIGNATURE]: 'dkim-key',
  'body hash did not verify': 'dkim-body',
  'no key': 'dkim-no-key',
  expired: 'dkim-expired',
  'the key is too short': 'dkim-short-key',
};

function judgeReceiver(
  { endpoint }: Context,
  check: 'spf' | 'dmarc',
  { [check]: required, authservId = '' }: RequiredVerdicts,
  message: ParsedMessage,
  trusted: readonly AuthenticationResults[],
): KnownFinding[] {
  if (required === undefined) return [];
  const field = trusted.find(({ results }) => results.some(({ method }) => method === check));
  const all = field?.results.filter(({ method }) => method === check) ?? [];
  // SPF is about the envelope sender. Some receivers also check the name in EHLO.
  const ofSender = all.filter(({ properties }) => properties.has('smtp.mailfrom') || !properties.has('smtp.helo'));
  const results = ofSender.length > 0 ? ofSender : all;
  if (results.length === 0) return [missing(check, required, { authservId, host: endpoint.host }, message)];
  const other = results.find(({ result }) => result !== required);
  if (other) return [mismatch(check, required, excerpt(other.result), { authservId, result: excerpt(other.detail) })];
  const sender = domainOf(endpoint.delivery?.from ?? '');
  const senders = [sender, ...(check === 'spf' ? valuesOf(message, 'return-path').slice(0, 1).map(domainOf) : [])];
  const judged = ({ properties }: MethodResult): string => domainOf(properties.get(JUDGED[check]) ?? sender);
  const foreign = results.find((result) => !senders.includes(judged(result)));
  if (!foreign) return [];
  const evidence = { authservId, result: excerpt(foreign.detail), sender: excerpt(sender) };
  const of = excerpt(judged(foreign));
  const text = own`The ${fixed(check.toUpperCase())} result ${required} is for ${of}, not for ${evidence.sender}, the domain of the sender.`;
  return [
    finding('delivery-verdict-mismatch', text, {
      evidence: { check, required, found: required, ...evidence },
      cause: 'other-domain',
    }),
  ];
}

function missing(
  check: 'spf' | 'dmarc',
  required: string,
  { authservId, host }: { readonly authservId: string; readonly host: string },
  message: ParsedMessage,
): KnownFinding {
  const fields = [...new Set(valuesOf(message, 'authentication-results'))];
  const reporting = fields
    .flatMap((value) => parseAuthenticationResults(value) ?? [])
    .filter(({ results }) => results.some(({ method }) => method === check));
  const isUntrusted = reporting.some((field) => field.authservId === authservId);
  const [other] = reporting;
  const place = isUntrusted
    ? own` The gate ignores a result with this authserv-id, because an earlier server could have added it.`
    : own``;
  const text = own`${authservId} reports no ${fixed(check.toUpperCase())} result in the header of the message, but the configuration requires ${required}.${place}`;
  const present = excerpt(fields.join(' / ').replace(/\s+/g, ' ')) || 'none';
  const evidence = { check, required, authservId, present };
  if (isUntrusted) return finding('delivery-verdict-missing', text, { evidence, cause: 'wrong-place' });
  if (!other) {
    // Without the name of the receiver, a field begins with a result.
    const isNameless = fields.some((value) => RESULT_FIRST.test(value));
    return finding('delivery-verdict-missing', text, { evidence, ...(isNameless && { cause: 'without-id' as const }) });
  }
  const otherId = excerpt(other.authservId);
  return finding('delivery-verdict-missing', text, {
    evidence: { ...evidence, otherId },
    cause: otherId === host ? 'id-of-tested-server' : 'other-id',
  });
}

const RESULT_FIRST = /^\s*(?:spf|dkim|dmarc)\s*=/i;

/** The property that names the domain of the result (RFC 8601 section 2.7). */
const JUDGED = { spf: 'smtp.mailfrom', dmarc: 'header.from' } as const;

/** The domain of an address, in lower case and ASCII. The address may be quoted or in angle brackets. */
function domainOf(address: string): string {
  const bare = address.trim().replace(/^["<]+|(?<![">.])[">.]+$/g, '');
  const domain = bare.slice(bare.lastIndexOf('@') + 1).toLowerCase();
  return domainToASCII(domain) || domain;
}

/** One valid signature of any domain is a pass (RFC 6376 section 6.1). Only DMARC requires the domain in From. */
async function judgeSignatures(
  { endpoint, run }: Context,
  required: RequiredVerdicts['dkim'],
  source: Buffer,
): Promise<KnownFinding[]> {
  if (required === undefined) return [];
  // All lookups share the time of one wait. The budget of the session may be spent by now.
  const deadline = Deadline.after(endpoint.timeoutMs, run.end);
  const signatures = await verifySignatures(source, { lookup: (name) => run.txt(name, deadline), now: run.now() });
  const decisive = mostRelevant(signatures);
  const found = decisive?.verdict ?? 'none';
  if (found === required) return [];
  const { domain, selector, reason, publishedKey } = decisive ?? { reason: 'the message has no signature' };
  const details = Object.entries({ domain, selector, reason, publishedKey }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, excerpt(value)]],
  );
  const evidence = Object.fromEntries(details) as Record<string, string>;
  return [mismatch('dkim', required, found, evidence, decisive?.keyProblem)];
}

/** A pass comes first, then a temporary error, which may be a pass, then a signature of the domain in From. */
function mostRelevant(signatures: readonly DkimSignature[]): DkimSignature | undefined {
  const rank = ({ verdict, aligned }: DkimSignature): number =>
    (verdict === 'pass' ? 4 : 0) + (verdict === 'temperror' ? 2 : 0) + (aligned ? 1 : 0);
  return signatures.toSorted((a, b) => rank(b) - rank(a))[0];
}
