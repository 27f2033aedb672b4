import type { Reply } from '../../smtp/reply.js';

/** What the server got from a blocklist instead of a listing. */
export type BlocklistError = 'blocklist-query-refused' | 'blocklist-gone';

/**
 * The blocklist does not answer the resolver of the server: Spamhaus, Validity and others return 127.255.255.254 for a
 * public resolver and 127.255.255.255 for too many queries, with a text that servers quote.
 */
const QUERY_REFUSED =
  /\b127\.255\.255\.25[45]\b|\berror: open resolver\b|\bpublic(?:\/open)? (?:dns )?resolver\b|\/returnc\/(?:pub|vol)\b|\bexcessive (?:number of )?(?:dns )?queries\b|\bdns quer(?:y|ies) (?:blocked|refused)\b|\buribl\.com\/refused\b/;

/** The name of the blocklist is wrong (127.255.255.252), or its operator has closed it and lists every address. */
const GONE =
  /\b127\.255\.255\.252\b|\btyp(?:o|ing error) in (?:the )?dnsbl\b|\/returnc\/typo\b|\b(?:list|dnsbl|rbl|blocklist|blacklist|\.(?:org|net|com)) (?:is|was|has been) (?:closed|shut ?down|discontinued|retired)\b|\bremove (?:\w+ ){0,2}from your (?:mail ?server|configuration)\b/;

/** @returns undefined if the rejection does not quote an error of a blocklist */
export function blocklistErrorIn({ lines }: Reply): BlocklistError | undefined {
  const text = lines.map(({ exact }) => exact.toLowerCase().replace(/<[^<>\s]*>/g, ' ')).join(' ');
  if (QUERY_REFUSED.test(text)) return 'blocklist-query-refused';
  return GONE.test(text) ? 'blocklist-gone' : undefined;
}

/** Codes and pages of services that rate IP addresses, in the words of a rejection. */
export const REPUTATION_SERVICE =
  /\bipcheck\.proofpoint\b|\bcloudmark\.com\/\S*reset\b|\bmail-abuse\b|\bsenderscore\b|\bsenderbase\b|\btalosintelligence\b|\babusix\b|\bspamcop\b|\bbarracuda(?:central|networks)\b|\buceprotect\b|\bsender\.office\.com\b|\bbanned sending ip\b|\btraffic not accepted from this ip\b|\bdialup\/transient ip\b|\ba problem occurred\. \(ask your postmaster\b|\(tss\d+\)|\[(?:bl|tss)\d+\]|(?<![\w-])\(?s31[45]\d\b/;
