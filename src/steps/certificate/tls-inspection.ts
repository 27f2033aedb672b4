/**
 * Products that inspect TLS, by the names in the certificates that they issue: they respond in place of the server, with a
 * certificate from a CA of their own. Firewalls and proxies come first, then programs on a machine.
 */
const PRODUCTS: Readonly<Record<string, RegExp>> = {
  Fortinet: /\bforti(?:net|gate)/,
  'Palo Alto Networks': /\bpalo ?alto\b/,
  Zscaler: /\bzscaler/,
  Sophos: /\bsophos/,
  Cisco: /\bcisco (?:umbrella|firepower|ironport|secure (?:access|firewall|web)|web security)|\bopendns/,
  Netskope: /\b(?:netskope|goskope)/,
  'Blue Coat': /\bblue ?coat/,
  'Check Point': /\bcheck ?point (?:software|firewall|gateway|security|https|ssl)/,
  WatchGuard: /\bwatchguard|\bfireware\b/,
  SonicWall: /\bsonicwall/,
  Barracuda: /\bbarracuda (?:networks|firewall|web|ssl|cloudgen)/,
  Forcepoint: /\bforcepoint|\bwebsense/,
  'McAfee or Skyhigh': /\bmcafee|\bskyhigh (?:security|secure|web)/,
  'Trend Micro': /\btrend ?micro\b/,
  Cloudflare: /\bcloudflare (?:for teams|gateway|managed)|\bgateway ca - cloudflare/,
  iboss: /\biboss\b/,
  'Menlo Security': /\bmenlo security\b/,
  Smoothwall: /\bsmoothwall/,
  Untangle: /\buntangle\b/,
  OPNsense: /\bopnsense\b/,
  Squid: /\bsquid(?: proxy| ca|$)/m,
  mitmproxy: /\bmitmproxy\b/,
  'Burp Suite': /\bportswigger\b/,
  Fiddler: /\bfiddlerroot|do_not_trust_fiddler/,
  'Charles Proxy': /\bcharles proxy\b/,
  ESET: /\beset\b/,
  Avast: /\bavast\b/,
  AVG: /\bavg (?:technologies|web|mail|trusted)/,
  Kaspersky: /\bkaspersky/,
  Bitdefender: /\bbitdefender/,
  Norton: /\bnorton (?:web|anti|360|security)/,
  'G DATA': /\bg ?data (?:mail|software|web|ssl|cyberdefense)/,
  'Dr.Web': /\bdr\.?web\b/,
  AdGuard: /\badguard\b/,
};

/**
 * The product whose name an issuer has, in a chain that leads to no trusted CA.
 * @param issuers names of issuers, as Node shows them: an attribute in each line
 */
export function inspectorNamed(issuers: string): string | undefined {
  const names = issuers.toLowerCase().replace(/^(?!o=|ou=|cn=).*$/gm, '');
  return Object.entries(PRODUCTS).find(([, pattern]) => pattern.test(names))?.[0];
}
