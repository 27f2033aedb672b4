import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { brief } from '../../text/peer.js';
import { opensslCommand } from '../reproduce.js';
import type { StepOutcome, Visit } from '../visit.js';
import { beginSession, openConnection, readGreeting, sayEhlo } from './opening.js';

/** Step 1: the server greets, answers EHLO, and advertises STARTTLS (RFC 3207 section 2). */
export async function capability(visit: Visit): Promise<StepOutcome> {
  const { endpoint } = visit;
  if (endpoint.transport === 'implicit') return { findings: [], skipped: 'not-applicable' };

  await openConnection(visit);
  if (!visit.socket) throw new TypeError('connected without a socket');
  const session = beginSession(visit, visit.socket);
  const refused = await readGreeting(session);
  if (refused) return refused;
  const plain = await sayEhlo(visit, session, 'ehlo-rejected');
  if ('findings' in plain) return plain;
  visit.plain = plain;

  const findings: KnownFinding[] = [];
  if (plain.mechanisms) {
    findings.push(
      finding(
        'plaintext-auth-advertised',
        `Before TLS the server offers AUTH ${brief(plain.mechanisms.join(' '))}.`,
        endpoint.role === 'mx' ? { severity: 'notice' } : {},
      ),
    );
  }
  if (plain.has('STARTTLS')) return { findings };
  return { findings: [withoutStarttls(visit, plain.lines, plain.masked), ...findings], impassable: true };
}

function withoutStarttls({ endpoint }: Visit, lines: readonly string[], masked: string | undefined): KnownFinding {
  const evidence = { capabilities: lines.length > 0 ? brief(lines.join(', ')) : 'none' };
  const reproduce = opensslCommand(endpoint);
  if (masked !== undefined) {
    return finding(
      'starttls-stripped',
      `Where STARTTLS should stand, the answer to EHLO says "${brief(masked)}": a device on the way wrote over the keyword.`,
      { evidence: { ...evidence, keyword: brief(masked) }, reproduce },
    );
  }
  return finding('starttls-not-advertised', `Port ${endpoint.port} of ${endpoint.host} does not offer STARTTLS.`, {
    evidence,
    reproduce,
  });
}
