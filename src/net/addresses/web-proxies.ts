import { BlockList, isIP } from 'node:net';

/**
 * Content delivery networks by the IP addresses of their proxies, as they publish them: https://www.cloudflare.com/ips/ and
 * https://api.fastly.com/public-ip-list (compared in 2026-11). A DNS record that names one of them is not that of the
 * server behind the proxy.
 */
const RANGES = {
  Cloudflare: [
    ...['103.21.244.0/22', '103.22.200.0/22', '103.31.4.0/22', '104.16.0.0/13', '104.24.0.0/14', '108.162.192.0/18'],
    ...['131.0.72.0/22', '141.101.64.0/18', '162.158.0.0/15', '172.64.0.0/13', '173.245.48.0/20', '188.114.96.0/20'],
    ...['190.93.240.0/20', '197.234.240.0/22', '198.41.128.0/17', '2400:cb00::/32', '2405:8100::/32'],
    ...['2405:b500::/32', '2606:4700::/32', '2803:f800::/32', '2a06:98c0::/29', '2c0f:f248::/32'],
  ],
  Fastly: [
    ...['23.235.32.0/20', '43.249.72.0/22', '103.244.50.0/24', '103.245.222.0/23', '103.245.224.0/24'],
    ...['104.156.80.0/20', '140.248.64.0/18', '140.248.128.0/17', '146.75.0.0/17', '151.101.0.0/16'],
    ...['157.52.64.0/18', '167.82.0.0/17', '167.82.128.0/20', '167.82.160.0/20', '167.82.224.0/20'],
    ...['172.111.64.0/18', '185.31.16.0/22', '199.27.72.0/21', '199.232.0.0/16', '2a04:4e40::/32', '2a04:4e42::/32'],
  ],
} as const;

export type WebProxy = keyof typeof RANGES;

/** The hosts that the operator of a proxy runs itself, such as the MX hosts of Cloudflare Email Routing, are not behind it. */
const OWN_HOSTS = /\.(?:cloudflare|fastly)\.(?:net|com)$/i;

/** Whose proxy for web traffic has an IP address. Most such proxies forward nothing else. @param host that has the address */
export function webProxyAt(address: string, host: string): WebProxy | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || OWN_HOSTS.test(host)) return undefined;
  return (Object.keys(RANGES) as WebProxy[]).find((name) => rangesIn(RANGES[name]).check(address, family));
}

function rangesIn(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
