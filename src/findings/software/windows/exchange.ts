import { inWords, type Software } from '../topic.js';

const NO_CERTIFICATE =
  'assign a certificate whose names include the FQDN of the receive connector to SMTP (`Enable-ExchangeCertificate -Thumbprint … -Services SMTP`): event 12014 in the application log says that there is none. TLS must be enabled on the connector (`Set-ReceiveConnector -AuthMechanism`, with `Tls` among its values).';

/** The greeting has the FQDN of the receive connector. No public CA issues a certificate for an internal name. */
const INTERNAL_NAME =
  '`Get-ExchangeCertificate` shows the certificates for SMTP. Probably none has the FQDN of the receive connector, which in the greeting is an internal name that no public CA certifies (event 12014 in the application log). Assign a certificate for a public name (`Enable-ExchangeCertificate -Thumbprint … -Services SMTP`), and run `Set-ReceiveConnector -Fqdn` with that name; if the connector has `ExchangeServer` in `AuthMechanism`, run `Set-ReceiveConnector -TlsCertificateName` instead.';

/** The SMTP service of Windows greets with "Microsoft ESMTP MAIL Service, Version: …", and has other settings. */
export const exchange: Software = {
  greets: /^\S+ Microsoft ESMTP MAIL Service ready\b/,
  words:
    /^(?:5\.7\.\d+ SMTP; |4\.3\.2 Service not active\b|4\.3\.1 Insufficient system resources\b|4\.7\.0 Temporary server error\. .{0,80}PRX\d)/,
  settings: {
    'greeting-rejected':
      "add the gate's IP address to `RemoteIPRanges` of the receive connector (`Set-ReceiveConnector`), or run `Add-IPAllowListEntry`.",
    'starttls-not-advertised': (_minVersion, hasInternalName = false) =>
      hasInternalName ? INTERNAL_NAME : NO_CERTIFICATE,
    'starttls-refused': 'look for event 12014: no certificate matches the FQDN of the receive connector.',
    'plaintext-on-implicit-port': 'only STARTTLS is supported: set `transport: starttls`, on 587 or 25.',
    'plaintext-auth-advertised':
      'select "Offer Basic authentication only after starting TLS" on the receive connector (`AuthMechanism BasicAuthRequireTLS`).',
    'plaintext-mail-accepted': 'run `Set-ReceiveConnector -RequireTLS $true`.',
    'tls-version-too-old': (minVersion) =>
      `enable ${inWords(minVersion)} in Windows (Schannel, \`Enabled\` for the server). If this Exchange does not support it for SMTP, lower \`tls.min-version\` to a version that it supports.`,
    'tls-old-versions-accepted':
      'disable TLS 1.0 and 1.1 in Windows (Schannel, `Enabled` and `DisabledByDefault` for the server), and restart it.',
    'tls-handshake-failed':
      'Windows determines TLS versions and cipher suites (`Get-TlsCipherSuite`, `Enable-TlsCipherSuite`). The system log contains Schannel events.',
    'client-certificate-required': 'run `Set-ReceiveConnector -DomainSecureEnabled $false`.',
    certificate:
      'import the certificate, and its intermediate into the store "Intermediate Certification Authorities" of the machine. Then run `Enable-ExchangeCertificate -Thumbprint … -Services SMTP`, and `Set-ReceiveConnector -TlsCertificateName` if the connector is set to a specific certificate.',
    'auth-not-advertised':
      'use the receive connector for clients on 587 ("Client Frontend"), or enable basic authentication on this one (`Set-ReceiveConnector -AuthMechanism Tls,Integrated,BasicAuth,BasicAuthRequireTLS -PermissionGroups ExchangeUsers`).',
    'auth-mechanisms':
      'enable basic authentication, only after TLS, on the receive connector for clients ("Client Frontend" on 587): `Set-ReceiveConnector "SERVER\\Client Frontend SERVER" -AuthMechanism Tls,Integrated,BasicAuth,BasicAuthRequireTLS`, with the name of the server. It then offers LOGIN over TLS. `Integrated` keeps NTLM and GSSAPI for other clients.',
    'auth-rejected':
      'the username must be DOMAIN\\user or a UPN, and the receive connector must permit `ExchangeUsers`. The protocol log of the connector and the security log of Windows show the reason.',
    'unauthenticated-mail': 'remove `AnonymousUsers` from `PermissionGroups` of the receive connector for clients.',
    'auth-on-mx':
      'remove `BasicAuth` and `BasicAuthRequireTLS` from `AuthMechanism` of the receive connector on port 25.',
    'served-domains':
      'the domain must be an accepted domain (`New-AcceptedDomain`), and the recipient must exist, or the type of the domain must be `InternalRelay`.',
    'known-recipients':
      '`Get-Recipient ADDRESS` shows whether the recipient exists, and `Get-AcceptedDomain` whether the organization has the domain.',
    'relay-for-accounts':
      'the receive connector must permit `ExchangeUsers` (`Set-ReceiveConnector -PermissionGroups ExchangeUsers`).',
    'send-as':
      'grant the account the permission Send As: `Get-Mailbox MAILBOX | Add-ADPermission -User ACCOUNT -ExtendedRights "Send As"`. In Exchange Online it is `Add-RecipientPermission MAILBOX -Trustee ACCOUNT -AccessRights SendAs`.',
    'disk-full':
      'it is back pressure: events 15006 and 15007 in the application log name the resource. Free space on the disk of the queue database (`QueueDatabasePath`).',
    'out-of-resources':
      'it is back pressure: events 15004 to 15007 in the application log name the resource, usually the disk of the queue database (`QueueDatabasePath`).',
    'service-state':
      '`Get-ServerComponentState SERVER` shows what is inactive, often after an update that did not finish. Run `Set-ServerComponentState SERVER -Component ServerWideOffline -State Active -Requester Maintenance` (and `Functional`), the same for `HubTransport` and `FrontendTransport`, and restart the transport services.',
    'relay-unavailable':
      '`Test-ServiceHealth` and `Get-ServerComponentState SERVER` (`HubTransport`) show whether the transport service runs. Also check that the network adapters of the server use only internal DNS servers.',
    'message-log': '`Get-MessageTrackingLog -MessageId` shows each event of the message: DELIVER, SEND, DEFER or FAIL.',
    'message-size':
      'run `Set-ReceiveConnector -MaxMessageSize`. `Set-TransportConfig -MaxReceiveSize` and the mailbox have limits, too.',
  },
};
