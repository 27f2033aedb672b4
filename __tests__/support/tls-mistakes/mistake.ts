import type { FindingCode } from '../../../src/findings/codes.js';
import type { Endpoint, TlsPolicy } from '../../../src/plan/endpoint.js';
import type { Certainty, Party } from '../../../src/report/report.js';
import type { Identity } from '../../../src/servers/pki.js';
import type { Dialogue } from '../dialogue.js';

/** A mistake in the TLS configuration of a server, or of the endpoint, and what an experienced postmaster concludes. */
export interface Mistake {
  readonly name: string;
  readonly server: Dialogue;
  readonly policy?: Partial<TlsPolicy>;
  readonly endpoint?: Partial<Omit<Endpoint, 'tls' | 'port'>>;
  readonly code: FindingCode;
  readonly title: string;
  readonly party: Party;
  readonly certainty: Certainty;
  readonly message: RegExp;
  readonly fix: RegExp;
  /** A wrong fix, which an observer who knows only the code could suggest. */
  readonly notTheFix?: RegExp;
  /** The text in the output of its command, if only that text is specific enough. */
  readonly shows?: string;
  /** Why no command shows it; default: one does. */
  readonly noCommand?: string;
}

export const SERVER = { party: 'server', certainty: 'certain' } as const;
export const LIKELY = { party: 'server', certainty: 'likely' } as const;
export const CONFIGURATION = { party: 'configuration', certainty: 'likely' } as const;
export const NETWORK = { party: 'network', certainty: 'likely' } as const;
export const AUTHORITY = { party: 'certificate-authority', certainty: 'certain' } as const;

/** A server with this certificate, and with any cipher suite and signature. */
export function serves({ key, chain: cert }: Identity): Dialogue {
  return { tls: { key, cert, ciphers: 'DEFAULT@SECLEVEL=0' } };
}
