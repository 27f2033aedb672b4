import { hosted } from './hosted.js';
import type { Software } from './topic.js';

/*
 * Exchange Online, and Outlook.com, which has the same servers. The documentation below learn.microsoft.com was checked in
 * 2026-11:
 * - SMTP AUTH: exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
 * - replies: troubleshoot/exchange/email-delivery/fix-issues-with-printers-scanners-and-lob-applications-that-send-email-using-off
 * - tokens: exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth. What it
 *   says of SMTP.SendAsApp could only be read in quotations. The role is of message center MC1158911 (2025-09).
 * - accounts: defender-office-365/removing-user-from-restricted-users-portal-after-spam, and limits: MC1023294 (2025-03)
 * - hosts below mx.microsoft: purview/how-smtp-dane-works
 * - old TLS versions: exchange/clients-and-mobile-in-exchange-online/opt-in-exchange-online-endpoint-for-legacy-tls-using-smtp-auth
 *
 * The end of passwords for SMTP AUTH: https://techcommunity.microsoft.com/blog/exchange/4489835 (2026-01-27) says that they
 * are disabled by default from the end of December 2026, that administrators can enable them again, and that the date of
 * the removal is announced in the second half of 2027. After it, the reply is 550 5.7.30 (blog/exchange/4114750). Outlook.com
 * has accepted none since 2024-09-16.
 */

const PASSWORDS_END =
  'passwords for SMTP AUTH are disabled by default from the end of December 2026, and Outlook.com already accepts none';

const ENABLE_SMTP_AUTH =
  'run `Set-CASMailbox MAILBOX -SmtpClientAuthenticationDisabled $false`. A setting of the mailbox overrides that of the organization (`Set-TransportConfig -SmtpClientAuthenticationDisabled $false`).';

export const microsoft365: Software = {
  greets: /^\S+\.(?:(?:outlook|office365)\.com|mx\.microsoft) /i,
  offers: /^\S+\.(?:(?:outlook|office365)\.com|mx\.microsoft) Hello\b/i,
  rejects: /\[[\w.-]+\.(?:outlook|office365|exchangelabs)\.com[ \]]/i,
  usernames: /.@./,
  settings: {
    ...hosted(
      'smtp.office365.com supports only STARTTLS, on 587 or 25, and so do the hosts in MX records (below mail.protection.outlook.com or mx.microsoft) on 25: set `transport: starttls`.',
      'smtp.office365.com for submission, and as MX the name in the MX record (below mail.protection.outlook.com or mx.microsoft).',
    ),
    'greeting-rejected':
      "if the reply says that the client host is blocked, request the removal of the gate's IP address from the list (https://sender.office.com), or add it to the IP Allow List of the connection filter policy (`Set-HostedConnectionFilterPolicy -IPAllowList`).",
    'tls-version-too-old':
      'use smtp.office365.com itself, not a CNAME in your domain: smtp-legacy.office365.com is for clients without TLS 1.2 (`Set-TransportConfig -AllowLegacyTLSClients`). You cannot change its TLS versions.',
    'auth-not-advertised': 'client submission is smtp.office365.com on 587, with STARTTLS.',
    'submission-host':
      'client submission is smtp.office365.com on 587. The hosts in MX records, below mail.protection.outlook.com or mx.microsoft, do not offer AUTH on 25.',
    username: 'the username must be the sign-in name (UPN) of a licensed mailbox, such as USER@DOMAIN.',
    'auth-rejected': `the username is the sign-in name (UPN) of a licensed mailbox. If the account has multifactor authentication, its password does not work here. Use an \`access-token\` (XOAUTH2) if you can: ${PASSWORDS_END}. SMTP AUTH must be enabled for the mailbox (\`Get-CASMailbox\`).`,
    'smtp-auth-for-token': ENABLE_SMTP_AUTH,
    'smtp-auth-disabled': `${ENABLE_SMTP_AUTH} Security defaults also disable SMTP AUTH. Then use an \`access-token\` (XOAUTH2) if you can: ${PASSWORDS_END}.`,
    'security-defaults':
      'the token needs the scope `https://outlook.office.com/SMTP.Send`, and SMTP AUTH must be enabled for the mailbox (`Set-CASMailbox`). Security defaults apply to all accounts, so no account can be exempted. To allow passwords, the administrator would have to turn them off, which also ends their protection for all other accounts.',
    'passwords-ended': 'the token needs the scope `https://outlook.office.com/SMTP.Send`.',
    'basic-auth-blocked': `the token needs the scope \`https://outlook.office.com/SMTP.Send\`. To allow passwords for this account, the administrator changes its authentication policy (\`Set-AuthenticationPolicy -AllowBasicAuthSmtp\`) or excludes it from the conditional access policy. But ${PASSWORDS_END}.`,
    'access-token':
      'an application requests its token with the scope `https://outlook.office365.com/.default`, and needs the permission `SMTP.SendAsApp` with the consent of an administrator, a service principal (`New-ServicePrincipal`) and full access to the mailbox (`Add-MailboxPermission`). The token of a user needs the scope `https://outlook.office.com/SMTP.Send`. SMTP AUTH must be enabled for the mailbox (`Get-CASMailbox`).',
    'mailbox-access':
      'if the token is that of an application, give its service principal full access to the mailbox in `auth.username` (`Add-MailboxPermission -AccessRights FullAccess`), and check that `New-ServicePrincipal` was run with the object ID of the enterprise application, not that of the app registration. It can take an hour to take effect.',
    'client-not-allowed':
      'the sign-in logs of Microsoft Entra name the conditional access policy that blocked the account: exclude the account, or allow the network of the gate.',
    'auth-backend':
      'if the account is federated, the federation server of the organization (AD FS) must be reachable from the internet, over HTTPS with TLS 1.2.',
    'quota-exceeded':
      'the limits count the recipients of the last 24 hours, for the mailbox and for the organization. A trial has lower limits.',
    'sender-identity':
      'the domain of the sender must be an accepted domain of the organization (`Get-AcceptedDomain`).',
    'account-status':
      'the page "Restricted entities" in the Microsoft Defender portal lists blocked accounts, and unblocks them. Only Microsoft support can unblock an organization.',
    'account-blocked':
      'the tenant administrator unblocks the account in the Microsoft Defender portal (Email & collaboration, Review, Restricted entities), or with `Remove-BlockedSenderAddress -SenderAddress ADDRESS`. It can take an hour to take effect.',
    'connection-limit':
      'a mailbox may send over three connections at the same time: everything that sends with this account shares them.',
    'send-as':
      'have the tenant administrator grant the permission "Send as" in the admin center (Delegation of the mailbox), or with `Add-RecipientPermission MAILBOX -Trustee ACCOUNT -AccessRights SendAs`. It can take up to an hour to take effect.',
    'recipient-directory':
      'run `Get-Recipient ADDRESS`. A new address may take a day until it is accepted. In a hybrid organization, check that the directory synchronization includes the recipient, or set the accepted domain to internal relay (`Set-AcceptedDomain -DomainType InternalRelay`).',
    'message-size':
      'run `Set-Mailbox -MaxSendSize` for the account, and `Set-Mailbox -MaxReceiveSize` for the recipient.',
  },
};
