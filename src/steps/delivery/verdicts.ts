import { domainToASCII } from 'node:url';
import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { parseAuthenticationResults, resultsOf } from '../../message/authentication-results.js';
import type { AuthenticationResults, MethodResult } from '../../message/authentication-results.js';
import { verifySignatures } from '../../message/dkim.js';
import type { DkimSignature } from '../../message/dkim.js';
import { valuesOf } from '../../message/fields.js';
import type { ParsedMessage } from '../../message/fields.js';
import type { Hop } from '../../message/trace.js';
import { Deadline } from '../../net/deadline.js';
import type { DemandedVerdicts } from '../../plan/endpoint.js';
import { brief } from '../../text/peer.js';
import type { Context } from '../context.js';

/**
 * Judges what the checks of the message's origin came to, as far as the user demands anything: DKIM by verifying the
 * signatures here, SPF and DMARC, which only the receiver could see, by what the receiver that the user names wrote
 * down (RFC 8601). That must be of our sender; SPF may be of whom a relay has put in its place (Return-Path), to get
 * what bounces.
 * @param source header and body as the inbox has them
 * @param message the same, taken apart
 * @param hops its Received lines
 */
export async function judgeVerdicts(
  context: Context,
  demanded: DemandedVerdicts,
  source: Buffer,
  message: ParsedMessage,
  hops: readonly Hop[],
): Promise<KnownFinding[]> {
  const believed = resultsOf(message, hops, demanded.authservId ?? '');
  return [
    ...judgeReceiver(context, 'spf', demanded, message, believed),
    ...(await judgeSignatures(context, demanded.dkim, source)),
    ...judgeReceiver(context, 'dmarc', demanded, message, believed),
  ];
}

const NAMES = { spf: 'SPF', dkim: 'DKIM', dmarc: 'DMARC' } as const;

function mismatch(
  check: keyof typeof NAMES,
  wanted: string,
  found: string,
  evidence: Record<string, string>,
): KnownFinding {
  // Nobody has found out whether the check would hold.
  const inconclusive = found === 'temperror' && { inconclusive: true as const };
  const why = evidence.reason === undefined ? '' : ` (${evidence.reason})`;
  return finding('delivery-verdict-mismatch', `${NAMES[check]} came to ${found}${why}; ${wanted} is demanded.`, {
    evidence: { check, required: wanted, found, ...evidence },
    ...inconclusive,
  });
}

function judgeReceiver(
  { endpoint }: Context,
  check: 'spf' | 'dmarc',
  { [check]: wanted, authservId = '' }: DemandedVerdicts,
  message: ParsedMessage,
  believed: readonly AuthenticationResults[],
): KnownFinding[] {
  if (wanted === undefined) return [];
  const speaking = believed.find(({ results }) => results.some(({ method }) => method === check));
  const all = speaking?.results.filter(({ method }) => method === check) ?? [];
  // SPF is asked of the envelope sender; some check the name in EHLO as well.
  const ofSender = all.filter(({ properties }) => properties.has('smtp.mailfrom') || !properties.has('smtp.helo'));
  const results = ofSender.length > 0 ? ofSender : all;
  if (results.length === 0) {
    const fields = [...new Set(valuesOf(message, 'authentication-results'))];
    const present = brief(fields.join(' / ')) || 'none';
    const isElsewhere = fields.some((value) => {
      const other = parseAuthenticationResults(value);
      return other?.authservId === authservId && other.results.some(({ method }) => method === check);
    });
    const doubt = isElsewhere
      ? ' What stands there in its name stands where an earlier server could have written it, and is not believed.'
      : '';
    const message_ = `${authservId} says nothing about ${NAMES[check]} in the header of the message; ${wanted} is demanded.${doubt}`;
    return [
      finding('delivery-verdict-missing', message_, { evidence: { check, required: wanted, authservId, present } }),
    ];
  }
  const other = results.find(({ result }) => result !== wanted);
  if (other) return [mismatch(check, wanted, brief(other.result), { authservId, result: brief(other.detail) })];
  const sender = domainOf(endpoint.delivery?.from ?? '');
  const senders = [sender, ...(check === 'spf' ? valuesOf(message, 'return-path').slice(0, 1).map(domainOf) : [])];
  const judged = ({ properties }: MethodResult): string => domainOf(properties.get(JUDGED[check]) ?? sender);
  const foreign = results.find((result) => !senders.includes(judged(result)));
  if (!foreign) return [];
  const evidence = {
    check,
    required: wanted,
    found: wanted,
    authservId,
    result: brief(foreign.detail),
    sender: brief(sender),
  };
  const of = brief(judged(foreign));
  const text = `${NAMES[check]} came to ${wanted} for ${of}, and not for ${evidence.sender}, the domain of the sender.`;
  return [finding('delivery-verdict-mismatch', text, { evidence })];
}

/** The property that names the domain that was judged (RFC 8601 section 2.7). */
const JUDGED = { spf: 'smtp.mailfrom', dmarc: 'header.from' } as const;

/**
 * The domain of an address, or a domain as it is, in one spelling.
 * @param address in angle brackets, in quotes, or bare
 */
function domainOf(address: string): string {
  const bare = address.trim().replace(/^["<]+|(?<![">.])[">.]+$/g, '');
  const domain = bare.slice(bare.lastIndexOf('@') + 1).toLowerCase();
  return domainToASCII(domain) || domain;
}

/**
 * One valid signature, of whatever domain, is a pass, as it is to any receiver (RFC 6376 section 6.1); that it be of
 * the domain in From is what DMARC asks.
 */
async function judgeSignatures(
  { endpoint, run }: Context,
  wanted: DemandedVerdicts['dkim'],
  source: Buffer,
): Promise<KnownFinding[]> {
  if (wanted === undefined) return [];
  // All lookups together have the time of one wait; that of the dialogue may long be over.
  const deadline = Deadline.after(endpoint.timeoutMs, run.end);
  const signatures = await verifySignatures(source, {
    lookup: (name) => run.txt(name, deadline),
    now: run.now(),
  });
  const decisive = mostTelling(signatures);
  const found = decisive?.verdict ?? 'none';
  if (found === wanted) return [];
  const { domain, selector, reason } = decisive ?? { reason: 'the message has no signature' };
  return [
    mismatch('dkim', wanted, found, {
      ...(domain !== undefined && { domain: brief(domain) }),
      ...(selector !== undefined && { selector: brief(selector) }),
      ...(reason !== undefined && { reason: brief(reason) }),
    }),
  ];
}

/** A pass decides, then one that could not be tested and may be a pass, then what the domain in From signed. */
function mostTelling(signatures: readonly DkimSignature[]): DkimSignature | undefined {
  const rank = ({ verdict, aligned }: DkimSignature): number =>
    (verdict === 'pass' ? 4 : 0) + (verdict === 'temperror' ? 2 : 0) + (aligned ? 1 : 0);
  return signatures.toSorted((a, b) => rank(b) - rank(a))[0];
}
