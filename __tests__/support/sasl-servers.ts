import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPki, type Identity, type Pki } from '../../src/servers/pki.js';
import { prepareCyrusSasl } from './cyrus-sasl.js';
import { startDovecot } from './dovecot.js';
import { startIntrospection } from './oauth-introspection.js';
import { freePorts } from './ports.js';
import { startPostfix, SUBMISSION } from './postfix.js';
import { MAIL_USER } from './postfix-dovecot.js';
import { inServerFolder, named } from './server-folder.js';
import { HOST } from './certificate-fixtures.js';

/**
 * Where Dovecot's submission server listens. A client at its server's own address has a secure channel in Dovecot's
 * eyes, and would be offered AUTH before TLS; one at 127.0.0.1 has none to this one.
 */
export const SUBMISSION_ADDRESS = '127.0.0.2';

/** The access token of MAIL_USER. */
export const ACCESS_TOKEN = 'eyJhbGciOiJub25lIn0.good';

const PORTS = ['dovecotSasl', 'cyrusSasl', 'dovecotSubmission', 'relay', 'imap', 'imaps', 'pop3', 'pop3s'] as const;

export interface SaslServers {
  /**
   * With STARTTLS: on 127.0.0.1 a Postfix with SASL from Dovecot, another with Cyrus SASL, and the inbox;
   * on SUBMISSION_ADDRESS Dovecot's own submission server.
   */
  readonly ports: Readonly<Record<(typeof PORTS)[number], number>>;
  readonly pki: Pki;
  /** Certificates for Dovecot's submission server, one of MAIL_USER and one of a different user. */
  readonly clients: Readonly<Record<'user' | 'stranger', Identity>>;
  /** The log of all servers. */
  logs(): Promise<string>;
  /** Stops every process and removes every file. @throws if a process had to be killed */
  close(): Promise<void>;
}

/**
 * Starts mail servers with every implementation of SASL that Debian has for them, each with all of its mechanisms.
 * @throws if this is not root, or the servers are not installed
 */
export function startSaslServers(): Promise<SaslServers> {
  return inServerFolder(async (folder) => {
    const pki = await createPki('Test');
    const [server, user, stranger] = await Promise.all([
      pki.issue({ names: [HOST], addresses: ['127.0.0.1'] }),
      pki.issue({ commonName: MAIL_USER.username, usage: ['clientAuth'] }),
      pki.issue({ commonName: 'stranger@example.test', usage: ['clientAuth'] }),
    ]);
    const identity = await folder.identity('server', server);
    const ports = named(PORTS, await freePorts(PORTS.length));
    const introspection = await startIntrospection(new Map([[ACCESS_TOKEN, MAIL_USER.username]]));
    folder.onClose(() => introspection.close());

    const authority = join(folder.path, 'authority.pem');
    await writeFile(authority, pki.root.cert);
    const oauth2 = join(folder.path, 'oauth2.conf');
    await writeFile(oauth2, `introspection_url = ${introspection.url}\nintrospection_mode = auth\n`);
    const certified = join(folder.path, 'certified');
    await writeFile(certified, `${MAIL_USER.username}:::::::nopassword\n`);
    const dovecot = await startDovecot({
      folder: await folder.folder('dovecot'),
      identity,
      user: MAIL_USER,
      ports,
      settings: settings(ports, { authority, oauth2, certified }),
    });
    folder.onClose(() => dovecot.stop());
    const postfixFolder = await folder.folder('postfix');
    const postfix = await startPostfix({
      folder: postfixFolder,
      identity,
      recipient: MAIL_USER.username,
      authSocket: dovecot.authSocket,
      lmtpSocket: dovecot.lmtpSocket,
      services: [
        { port: ports.dovecotSasl, parameters: SUBMISSION },
        {
          port: ports.cyrusSasl,
          parameters: [...SUBMISSION, ...(await prepareCyrusSasl(postfixFolder, MAIL_USER))],
        },
        { port: ports.relay, parameters: [] },
      ],
    });
    folder.onClose(() => postfix.stop());
    return {
      ports,
      pki,
      clients: { user, stranger },
      logs: async () => `${await postfix.log()}\n${await dovecot.log()}`,
      close: () => folder.close(),
    };
  });
}

function settings(
  ports: SaslServers['ports'],
  { authority, oauth2, certified }: Readonly<Record<'authority' | 'oauth2' | 'certified', string>>,
): string {
  return `
protocols = imap pop3 lmtp submission
auth_mechanisms = plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256 oauthbearer xoauth2 external
passdb {
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = ${oauth2}
}
passdb {
  driver = passwd-file
  mechanisms = external
  args = ${certified}
}
ssl_ca = <${authority}
ssl_verify_client_cert = yes
ssl_require_crl = no
auth_ssl_username_from_cert = yes
submission_relay_host = 127.0.0.1
submission_relay_port = ${ports.relay}
service submission-login {
  inet_listener submission {
    address = ${SUBMISSION_ADDRESS}
    port = ${ports.dovecotSubmission}
  }
}
`;
}
