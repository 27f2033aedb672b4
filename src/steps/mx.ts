import { finding, type KnownFinding } from '../findings/finding.js';
import { NAME_UNKNOWN } from '../net/connect.js';
import type { MxFailure } from '../net/mx.js';
import type { Endpoint } from '../plan/endpoint.js';
import { excerpt, excerptOfList, PeerText } from '../text/peer.js';
import { own } from '../text/own.js';

/** The finding for a domain without a mail server to connect to, or for an MX record that names no host. */
export function mxFailed({ kind, detail, others }: MxFailure, { host: domain }: Pick<Endpoint, 'host'>): KnownFinding {
  const target = excerpt(detail);
  switch (kind) {
    case 'lookup-failed': {
      const message = own`The MX records of ${domain} could not be looked up (${detail}).`;
      return finding('dns-failed', message, { evidence: { detail }, inconclusive: true, cause: 'lookup-failed' });
    }
    case 'no-domain':
      return finding('mx-not-found', own`The domain ${domain} does not exist (${detail}).`, { evidence: { detail } });
    case 'no-mail-server': {
      const message = own`The domain ${domain} has neither an MX record nor an IP address.`;
      return finding('mx-not-found', message, { evidence: { detail }, cause: 'no-records' });
    }
    case 'null':
      return nullMx(domain, others);
    case 'address': {
      const message = own`An MX record of ${domain} contains the IP address ${target} instead of a host name.`;
      return finding('mx-is-address', message, { evidence: { target } });
    }
    case 'invalid': {
      const message = own`An MX record of ${domain} has the target "${target}", which is not a host name.`;
      return finding('mx-invalid', message, { evidence: { target } });
    }
    case 'too-many': {
      const [found, tested] = [others.length, others.length - Number(detail)];
      const message = own`The domain ${domain} has ${found} MX hosts. The gate tests the ${tested} most preferred ones.`;
      return finding('mx-too-many', message, { evidence: { found: String(found), tested: String(tested) } });
    }
  }
}

function nullMx(domain: string, others: readonly string[]): KnownFinding {
  if (others.length === 0) {
    const message = own`The domain ${domain} accepts no mail: its MX record is "." (null MX).`;
    return finding('mx-null', message, { evidence: { target: '.' } });
  }
  const names = excerptOfList(others.map((name) => new PeerText(name)));
  const message = own`The domain ${domain} has the MX record "." (null MX), which says that it accepts no mail, and other MX records: ${names}.`;
  return finding('mx-null', message, { evidence: { target: '.', others: names }, cause: 'with-others' });
}

/** What the MX record shows about the name of the host, besides the connection. */
export function judgeMxRecord({ host, mxOf }: Pick<Endpoint, 'host' | 'mxOf'>): KnownFinding[] {
  if (mxOf?.aliasFailure !== undefined) {
    const detail = mxOf.aliasFailure;
    const message = own`The gate could not check whether the MX host ${host} of ${mxOf.domain} is an alias: its CNAME record could not be looked up (${detail}).`;
    return [finding('mx-alias-unknown', message, { evidence: { detail } })];
  }
  if (mxOf?.alias === undefined) return [];
  const alias = excerpt(mxOf.alias);
  const message = own`The MX host ${host} of ${mxOf.domain} is an alias (CNAME) for ${alias}.`;
  return [finding('mx-is-alias', message, { evidence: { alias } })];
}

/** The finding for an MX host without an IP address. */
export function mxHostWithoutAddress(host: string, domain: string, detail: string): KnownFinding {
  const what = detail === NAME_UNKNOWN ? own`does not exist` : own`has no usable IP address`;
  const message = own`An MX record of ${domain} names ${host}, which ${what} (${detail}).`;
  return finding('dns-failed', message, {
    evidence: { detail },
    cause: detail === NAME_UNKNOWN ? 'unknown-mx-host' : 'mx-host-without-address',
  });
}
