import { excerpt } from '../../text/peer.js';
import { own, type OwnText } from '../../text/own.js';
import type { AnchorSource } from '../../plan/endpoint.js';
import { fingerprint } from '../../tls/x509/certificate.js';
import { nameOf } from './chain-evidence.js';
import type { Presented, VerifyOptions } from './presented.js';

/** Another certificate with the name of a self-signed one in `ca`: the server probably had that before. */
export function formerInCa([leaf]: Presented['sent'], { trust, policy }: VerifyOptions) {
  const sources: readonly AnchorSource[] = policy.anchorSources ?? [{ certificates: policy.ca }];
  const source = sources.find(({ certificates }) =>
    trust
      .parsed(certificates)
      .some((one) => one.subject === leaf?.subject && one.fingerprint256 !== leaf.fingerprint256),
  );
  if (!leaf || !source) return undefined;
  const configured = excerpt(source.path ?? 'ca');
  const message = own`The certificate is self-signed, and is not the one in ${configured}, which has the same name (${nameOf(leaf.subject)}).`;
  return { message, evidence: { configured, sha256: fingerprint(leaf) } };
}

/** A certificate of the server itself in `ca`, an earlier one or the one that it sends, which does not verify others. */
export function serverInCa(
  [leaf]: Presented['sent'],
  { trust, policy }: VerifyOptions,
): { readonly message: OwnText; readonly configured: string } | undefined {
  const sources: readonly AnchorSource[] = policy.anchorSources ?? [{ certificates: policy.ca }];
  for (const { path = 'ca', certificates } of sources) {
    const found = trust.parsed(certificates).find(({ ca, subject }) => !ca && subject === leaf?.subject);
    if (!found) continue;
    const configured = excerpt(path);
    const message = own`${configured} has a certificate of the server itself (${nameOf(found.subject)}), not of a CA. The server's certificate was issued by ${nameOf(leaf?.issuer)}, and this chain does not lead to a trusted CA.`;
    return { message, configured };
  }
  return undefined;
}
