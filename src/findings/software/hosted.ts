/** For clients that support nothing newer. */
export const OLD_TLS = 'you cannot change its TLS settings: make sure that your clients support TLS 1.2 or 1.3.';

/** The settings of a service whose ports and certificate its users cannot change. */
export function hosted(ports: string, names: string) {
  const own = `Connect to the provider's own host name, not to a CNAME in your domain. The names are ${names}`;
  const certificate = `you cannot change its certificate. ${own} A certificate for any other name belongs to a proxy between client and server.`;
  const tls = `you cannot change its TLS settings. ${own} If that does not help, look for a proxy between client and server.`;
  return {
    'starttls-not-advertised': ports,
    'starttls-refused': ports,
    'plaintext-on-implicit-port': ports,
    'tls-version-too-old': tls,
    'tls-old-versions-accepted': OLD_TLS,
    'tls-handshake-failed': tls,
    certificate,
  };
}
