import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Private and link-local addresses: RFC 1918, RFC 3927, RFC 4193, RFC 4291 section 2.5.6. */
const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addSubnet('169.254.0.0', 16);
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/** Addresses that no server can have: "this network", multicast and reserved (RFC 6890, RFC 4291). */
const OF_NO_SERVER = new BlockList();
OF_NO_SERVER.addSubnet('0.0.0.0', 8);
OF_NO_SERVER.addSubnet('224.0.0.0', 3);
OF_NO_SERVER.addAddress('::', 'ipv6');
OF_NO_SERVER.addSubnet('ff00::', 8, 'ipv6');

/** Whether an IP address is one of this machine's loopback addresses. */
export function isLoopback(address: string): boolean {
  return isIn(LOOPBACK, address);
}

/** Whether no packet from this address can come over the Internet. */
export function isLoopbackOrPrivate(address: string): boolean {
  return isLoopback(address) || isIn(PRIVATE, address);
}

/** Whether no server can have this address. */
export function isOfNoServer(address: string): boolean {
  return isIn(OF_NO_SERVER, address);
}

/** Domains for names inside of a network (RFC 6762 with its appendix G, RFC 8375, and ICANN's choice of `internal`). */
const INTERNAL = /\.(?:corp|home|home\.arpa|internal|intranet|lan|local|localdomain|private)$/i;

/** Whether a host name exists at most in the DNS of a certain network, not in the public one. */
export function isInternalName(host: string): boolean {
  return isIP(host) === 0 && (!host.includes('.') || INTERNAL.test(host));
}

function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}
