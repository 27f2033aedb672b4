import { listOf } from '../../text/lists.js';
import { stable, type Cause, type Reproduction, type Values } from './entry.js';
import { API_STATUS } from './inbox-commands.js';

const HTTP = 'RFC 9110 section 15';

/** What the server has instead of the API. */
const RESPONSE: Reproduction = {
  command: 'inbox',
  shows: ({ inboxReply = '' }) => {
    const [, status = ''] = /^status (\d+)/.exec(inboxReply) ?? [];
    const [, body = ''] = inboxReply.split(', body: ');
    return stable(body) || status;
  },
};

const isPlain = ({ inbox = '' }: Values): boolean => inbox.includes('+http:');

/** The scheme with TLS, as a part of a sentence. */
const withTls = ({ inbox = '' }: Values): string => `\`${/^\w+/.exec(inbox)?.[0] ?? 'mailpit'}+https://\``;

const NAMES_OF_LOGIN =
  'Mailpit: `MP_UI_AUTH` or `MP_UI_AUTH_FILE` sets this login. MailDev: `--web-user` and `--web-pass`.';

/** Why the API of a mail catcher cannot be used. */
export const API_CAUSES = {
  'other-catcher': {
    title: 'Inbox is a mail catcher that the gate does not support',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Replace this mail catcher with Mailpit or MailDev, or read the mailbox by IMAP or POP3 if it has that. Mailpit has the default ports of MailHog (1025 and 8025). If acceptance by the server is enough, remove the inbox and set `delivery.expect: accepted`.',
    reference: HTTP,
    reproduce: RESPONSE,
  },
  'unknown-api': {
    title: 'Inbox does not have this API',
    party: 'configuration',
    certainty: 'likely',
    remedy: listOf('Correct `delivery.inbox`: the server replies over HTTP, but not like this API.', [
      'Scheme: `mailpit+http://` or `maildev+http://`, whichever the server is.',
      'Port: that of the web interface, not the SMTP port (by default 8025 for Mailpit, 1080 for MailDev).',
      'Path: the base path, if the server has one (Mailpit: `MP_WEBROOT`), as in `mailpit+http://host:8025/path`.',
    ]),
    reference: HTTP,
    reproduce: RESPONSE,
  },
  'api-redirected': {
    title: 'API of the inbox redirects to a different address',
    party: 'configuration',
    certainty: 'likely',
    remedy: (evidence: Values) =>
      listOf(
        'Look at the `Location` in the reply: the gate does not follow redirects, because they can lead to another server.',
        [
          ...(isPlain(evidence)
            ? [`If it begins with \`https:\`, use ${withTls(evidence)} in \`delivery.inbox\`.`]
            : []),
          'If it has a different host, port or path, use those in `delivery.inbox`.',
          'If it is a login page, exempt the path of the API from it in the proxy in front of the server, or use an address of the server without this proxy.',
        ],
      ),
    reference: 'RFC 9110 section 15.4',
    reproduce: API_STATUS,
  },
  'api-requires-tls': {
    title: 'API of the inbox requires HTTPS',
    party: 'configuration',
    certainty: 'certain',
    remedy: (evidence: Values) =>
      `Use ${withTls(evidence)} in \`delivery.inbox\`: the server accepts only HTTPS on this port.`,
    reference: HTTP,
    reproduce: API_STATUS,
  },
  'api-behind-gateway': {
    title: 'Proxy cannot reach the API of the inbox',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      'Start the mail catcher, or correct its address in the proxy in front of it: the status is usually that of a proxy whose backend does not respond. The log of the proxy names the backend.',
    reference: 'RFC 9110 section 15.6',
    reproduce: API_STATUS,
  },
} as const satisfies Readonly<Record<string, Cause>>;

/** Why the API of a mail catcher does not allow the gate to read messages. */
export const API_REJECTED_CAUSES = {
  'api-login-missing': {
    title: 'API of the inbox requires a login',
    party: 'configuration',
    certainty: 'certain',
    remedy: (evidence: Values) =>
      isPlain(evidence)
        ? `Use ${withTls(evidence)} in \`delivery.inbox\`, and set \`delivery.username\` and \`delivery.password\`: the API requires a login, none is configured, and the gate sends none over plain HTTP. Or turn the login off, if only this job can reach the server.`
        : 'Set `delivery.username` and `delivery.password` to the login of the API: it requires one, and none is configured. It is not the login for SMTP.',
    examples: NAMES_OF_LOGIN,
    reference: 'RFC 9110 section 15.5.2',
    reproduce: API_STATUS,
  },
  'api-login-refused': {
    title: 'API of the inbox rejects the login',
    party: 'configuration',
    certainty: 'certain',
    remedy:
      'Correct `delivery.username` and `delivery.password`: they must be the login of the API, or of the proxy in front of it. It can differ from the login for SMTP.',
    examples: NAMES_OF_LOGIN,
    reference: 'RFC 9110 section 15.5.2',
    reproduce: API_STATUS,
  },
  'api-login-not-basic': {
    title: 'API of the inbox does not accept a password',
    party: 'configuration',
    certainty: 'certain',
    remedy:
      'Use an address at which the API accepts a username and password (Basic authentication), or none: the reply requires a different method, which the gate does not support. Usually a proxy in front of the mail catcher adds it. Exempt the path of the API there, or use an address of the server without the proxy.',
    reference: 'RFC 9110 section 11.6.1',
    reproduce: API_STATUS,
  },
  'api-forbidden': {
    title: 'API of the inbox denies access',
    party: 'inbox',
    certainty: 'likely',
    remedy: listOf(
      'Allow the gate to use the API: the server, or a proxy or firewall in front of it, forbids the request.',
      [
        "The gate's IP address is not allowed (those of GitHub-hosted runners change with every run): allow it, or run the gate in the network of the server.",
        'The proxy does not allow this path, method or host name: allow those of the API.',
        'The login, if one is configured, has no permission for the API.',
      ],
    ),
    reference: 'RFC 9110 section 15.5.4',
    reproduce: API_STATUS,
  },
} as const satisfies Readonly<Record<string, Cause>>;
