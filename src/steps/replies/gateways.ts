import type { Reply } from '../../smtp/reply.js';

/** Why the mail gateway of the recipient's organization rejects a message: its administrator can see and change it. */
export type GatewayCause = 'blocked-by-gateway' | 'not-in-directory' | 'recipient-refused';

export interface GatewayMeaning {
  readonly text: string;
  readonly cause: GatewayCause;
}

const BLOCKED = {
  text: "A policy of the recipient's mail gateway blocks the message.",
  cause: 'blocked-by-gateway',
} as const;

/**
 * The replies that gateways send for several reasons, in lower case. Documented: Barracuda (Message Log, reasons and
 * actions), Mimecast (Policies: Mimecast SMTP Error Codes), Exchange Online (fix NDR error 550 5.4.1).
 */
const ROWS: readonly (readonly [RegExp, GatewayMeaning])[] = [
  // Barracuda Email Gateway Defense names the recipient and the action.
  [/\bpermanent failure for one or more recipients \([^)]*:blocked\)/, BLOCKED],
  // Mimecast
  // Exim also says "Administrative prohibition", but nothing else.
  [
    /\badministrative prohibition\b(?=.*(?:\bblocked\b|\bmimecast\b))|\bheader based anti-spoofing policy\b|\benvelope blocked\b/,
    BLOCKED,
  ],
  [
    // Other servers say so, too, with another code.
    /^5\.4\.1 recipient address rejected: access denied\b/,
    {
      text: 'Exchange Online says "Access denied" if it finds no recipient with this address. The reply is not about permissions.',
      cause: 'not-in-directory',
    },
  ],
  // Exchange, on premises and online
  [
    /\bresolver\.adr\.recip(?:ient)?notfound\b/,
    { text: 'Exchange finds no recipient with this address in its directory.', cause: 'not-in-directory' },
  ],
  // Proofpoint Essentials
  [
    /\buser email address is marked as invalid\b/,
    { text: "The recipient is not in the directory of the recipient's mail gateway.", cause: 'not-in-directory' },
  ],
  // Cisco Secure Email
  [
    /^#5\.1\.0 address rejected\b/,
    { text: "The recipient's mail gateway does not accept mail for this recipient.", cause: 'recipient-refused' },
  ],
];

/** @returns undefined if these are not the words of a known gateway */
export function gatewayMeaningOf({ lines }: Reply): GatewayMeaning | undefined {
  const text = lines.map(({ exact }) => exact.toLowerCase()).join(' ');
  return ROWS.find(([pattern]) => pattern.test(text))?.[1];
}
