import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import { fetched } from './fetch.js';
import { matches } from './search.js';
import { CommandReader, inSet, SyntaxFault, tokenize, word, type Token } from './syntax.js';
import { listen, type Listener } from '../../../src/servers/listener.js';
import type { Mailbox, StoredMessage } from './mailbox.js';
import type { Identity } from '../../../src/servers/pki.js';

export interface ImapOptions {
  readonly identity: Pick<Identity, 'key' | 'chain'>;
  /** Options of TLS in place of the default ones. */
  readonly tls?: Pick<TlsOptions, 'minVersion' | 'maxVersion' | 'ciphers'>;
  /** `implicit` is implicit TLS, `starttls` offers the upgrade, `none` has no TLS. */
  readonly security: 'implicit' | 'starttls' | 'none';
  /** INBOX. */
  readonly mailbox: Mailbox;
  /** The junk folder (RFC 6154), if there is one. */
  readonly junk?: Mailbox;
  /** Other folders of the account, by name. */
  readonly folders?: Readonly<Record<string, Mailbox>>;
  /** Whether a login is valid. */
  readonly knows: (username: string, password: string, secure: boolean) => boolean;
}

/**
 * Starts an IMAP server (RFC 9051, and IDLE and UIDPLUS as extensions of RFC 3501) with one folder or two.
 * It has what a client needs to wait for a message, read it and remove it, and replies with BAD to everything else.
 */
export function startImap(options: ImapOptions): Promise<Listener> {
  const { key, chain: cert } = options.identity;
  const serve = (socket: Socket): void => {
    new ImapSession(options, socket).greet();
  };
  return listen(
    options.security === 'implicit'
      ? createTlsServer({ key, cert, ...options.tls }, serve).on('tlsClientError', ignore)
      : createServer(serve),
  );
}

/** The tagged response NO. */
class Refusal extends Error {}

class ImapSession {
  readonly #options: ImapOptions;
  #socket: Socket;
  #reader = new CommandReader();
  #loggedIn = false;
  /** The mailbox that is open, if `unwatch` is defined. */
  #selected: Mailbox;
  #unwatch: (() => void) | undefined;
  /** The messages from the view of this client: their positions are its sequence numbers. */
  #known: readonly StoredMessage[] = [];
  #idleTag: string | undefined;

  constructor(options: ImapOptions, socket: Socket) {
    this.#options = options;
    this.#selected = options.mailbox;
    this.#socket = socket;
    this.#attach(socket);
  }

  greet(): void {
    this.#send('* OK IMAP4rev1 ready');
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    this.#reader = new CommandReader();
    socket.on('error', ignore);
    socket.on('close', () => this.#unwatch?.());
    socket.on('data', (octets: Buffer) => {
      this.#reader.feed(
        octets,
        (command) => {
          this.#command(command);
        },
        () => {
          this.#send('+ Go ahead');
        },
      );
    });
  }

  #command(command: string): void {
    if (this.#idleTag !== undefined) {
      this.#endIdle(command);
      return;
    }
    const [tag = '*'] = command.split(' ', 1);
    try {
      const [, verb, ...rest] = tokenize(command);
      const uid = word(verb) === 'UID';
      const name = uid ? `UID ${word(rest[0])}` : word(verb);
      const completion = this.#perform(name, uid ? rest.slice(1) : rest, tag);
      if (completion === undefined) return;
      // RFC 9051 section 7.5.1: no EXPUNGE during a FETCH, STORE or SEARCH, so that sequence numbers stay valid.
      if (!['FETCH', 'STORE', 'SEARCH'].includes(name)) this.#synchronise();
      this.#send(`${tag} OK ${completion}`);
    } catch (error) {
      if (error instanceof Refusal) this.#send(`${tag} NO ${error.message}`);
      else if (error instanceof SyntaxFault) this.#send(`${tag} BAD ${error.message}`);
      else throw error;
    }
  }

  /** @returns the text of the tagged OK; undefined if it is sent elsewhere */
  #perform(name: string, words: readonly Token[], tag: string): string | undefined {
    switch (name) {
      case 'CAPABILITY':
        this.#send(`* CAPABILITY ${this.#capabilities()}`);
        return 'Done';
      case 'NOOP':
        return 'Done';
      case 'LOGOUT':
        this.#send('* BYE See you');
        this.#send(`${tag} OK Done`);
        this.#socket.end();
        return undefined;
      case 'STARTTLS':
        this.#startTls(tag);
        return undefined;
      case 'LOGIN':
        return this.#login(String(words[0]), String(words[1]));
    }
    if (!this.#loggedIn) throw new Refusal('Log in first');
    switch (name) {
      case 'LIST':
        if (words[1] === '') this.#send('* LIST (\\Noselect) "/" ""');
        else this.#list(word(words[1]));
        return 'Done';
      case 'STATUS': {
        const { folder, mailbox } = this.#folder(words[0]);
        this.#send(`* STATUS ${folder} (MESSAGES ${mailbox.messages.length} UIDNEXT ${mailbox.uidNext})`);
        return 'Done';
      }
      case 'LSUB':
        return 'Done';
      case 'SELECT':
      case 'EXAMINE':
        return this.#select(this.#folder(words[0]).mailbox);
      case 'IDLE':
        this.#idleTag = tag;
        this.#send('+ Idling');
        this.#synchronise();
        return undefined;
    }
    if (!this.#unwatch) throw new Refusal('Select a mailbox first');
    switch (name) {
      case 'CLOSE':
      case 'UNSELECT':
        if (name === 'CLOSE') this.#expunge(() => true);
        this.#unwatch();
        this.#unwatch = undefined;
        this.#known = [];
        return 'Done';
      case 'FETCH':
      case 'UID FETCH':
        return this.#fetch(this.#chosen(words[0], name), words[1] ?? [], name === 'UID FETCH');
      case 'STORE':
      case 'UID STORE':
        return this.#store(this.#chosen(words[0], name), word(words[1]), [words[2] ?? []].flat().map(String));
      case 'SEARCH':
      case 'UID SEARCH':
        return this.#search(words, name === 'UID SEARCH');
      case 'EXPUNGE':
        return this.#expunge(() => true);
      case 'UID EXPUNGE': {
        const chosen = this.#chosen(words[0], name);
        return this.#expunge((message) => chosen.includes(message));
      }
      default:
        throw new SyntaxFault('Unknown command');
    }
  }

  #capabilities(): string {
    const upgrade = this.#options.security === 'starttls' && !(this.#socket instanceof TLSSocket);
    return `IMAP4rev1 IDLE UIDPLUS UNSELECT LITERAL+ SPECIAL-USE${upgrade ? ' STARTTLS LOGINDISABLED' : ''}`;
  }

  #startTls(tag: string): void {
    if (this.#options.security !== 'starttls' || this.#socket instanceof TLSSocket)
      throw new SyntaxFault('No TLS here');
    const { identity, tls } = this.#options;
    const { key, chain: cert } = identity;
    const plain = this.#socket.removeAllListeners('data');
    plain.pause();
    this.#send(`${tag} OK Begin`);
    this.#attach(new TLSSocket(plain, { isServer: true, key, cert, ...tls }));
  }

  #login(username: string, password: string): string {
    if (this.#capabilities().includes('LOGINDISABLED')) throw new Refusal('[PRIVACYREQUIRED] STARTTLS first');
    if (!this.#options.knows(username, password, this.#socket instanceof TLSSocket))
      throw new Refusal('[AUTHENTICATIONFAILED] Wrong');
    this.#loggedIn = true;
    return `[CAPABILITY ${this.#capabilities()}] Welcome`;
  }

  #list(pattern: string): void {
    const has = (folder: string): boolean => ['*', '%', folder].includes(pattern);
    if (has('INBOX')) this.#send('* LIST () "/" INBOX');
    if (has('JUNK') && this.#options.junk) this.#send('* LIST (\\Junk) "/" Junk');
    for (const folder of Object.keys(this.#options.folders ?? {})) {
      if (has(folder.toUpperCase())) this.#send(`* LIST () "/" ${folder}`);
    }
  }

  #folder(name: Token | undefined): { folder: string; mailbox: Mailbox } {
    const { mailbox, junk } = this.#options;
    if (word(name) === 'INBOX') return { folder: 'INBOX', mailbox };
    if (word(name) === 'JUNK' && junk) return { folder: 'Junk', mailbox: junk };
    for (const [folder, other] of Object.entries(this.#options.folders ?? {})) {
      if (word(name) === folder.toUpperCase()) return { folder, mailbox: other };
    }
    throw new Refusal('[NONEXISTENT] No such mailbox');
  }

  #select(mailbox: Mailbox): string {
    this.#selected = mailbox;
    this.#unwatch?.();
    this.#unwatch = mailbox.watch(() => {
      if (this.#idleTag !== undefined) this.#synchronise();
    });
    this.#known = mailbox.messages;
    this.#send(`* ${this.#known.length} EXISTS`);
    this.#send('* FLAGS (\\Seen \\Deleted \\Flagged \\Answered \\Draft)');
    this.#send('* OK [PERMANENTFLAGS (\\Seen \\Deleted \\Flagged \\Answered \\Draft \\*)] All');
    this.#send(`* OK [UIDVALIDITY ${mailbox.uidValidity}] Valid`);
    this.#send(`* OK [UIDNEXT ${mailbox.uidNext}] Next`);
    return '[READ-WRITE] Done';
  }

  #endIdle(line: string): void {
    const tag = this.#idleTag ?? '*';
    this.#idleTag = undefined;
    this.#send(line.toUpperCase() === 'DONE' ? `${tag} OK Done` : `${tag} BAD DONE expected`);
  }

  /** Sends what has changed in the mailbox since the last time. */
  #synchronise(): void {
    if (!this.#unwatch) return;
    const { messages } = this.#selected;
    const kept = this.#known.filter((message) => messages.includes(message));
    for (const [index, message] of [...this.#known.entries()].reverse()) {
      if (!kept.includes(message)) this.#send(`* ${index + 1} EXPUNGE`);
    }
    this.#known = messages;
    if (messages.length > kept.length) this.#send(`* ${messages.length} EXISTS`);
  }

  /** The messages of a sequence set, by UID or by sequence number. */
  #chosen(set: Token | undefined, command: string): readonly StoredMessage[] {
    const byUid = command.startsWith('UID');
    const number = (message: StoredMessage | undefined, index: number): number =>
      byUid ? (message?.uid ?? 0) : index + 1;
    const largest = number(this.#known.at(-1), this.#known.length - 1);
    return this.#known.filter((message, index) => inSet(word(set), number(message, index), largest));
  }

  #fetch(messages: readonly StoredMessage[], what: Token, withUid: boolean): string {
    const items = [what].flat().map(String);
    if (withUid && !items.some((item) => item.toUpperCase() === 'UID')) items.unshift('UID');
    for (const message of messages) {
      if (items.some((item) => /^BODY\[/i.test(item))) message.flags.add('\\Seen');
      const answers = items.map((item) => fetched(message, item));
      this.#send(`* ${this.#known.indexOf(message) + 1} FETCH (${answers.join(' ')})`);
    }
    return 'Done';
  }

  #store(messages: readonly StoredMessage[], action: string, flags: readonly string[]): string {
    const match = /^([+-]?)FLAGS(\.SILENT)?$/.exec(action);
    if (!match) throw new SyntaxFault('Unknown STORE action');
    for (const message of messages) {
      if (match[1] === '') message.flags.clear();
      for (const flag of flags) {
        if (match[1] === '-') message.flags.delete(flag);
        else message.flags.add(flag);
      }
      if (!match[2]) {
        this.#send(
          `* ${this.#known.indexOf(message) + 1} FETCH (${fetched(message, 'UID')} ${fetched(message, 'FLAGS')})`,
        );
      }
    }
    return 'Done';
  }

  #expunge(chosen: (message: StoredMessage) => boolean): string {
    this.#selected.remove((message) => message.flags.has('\\Deleted') && chosen(message));
    return 'Done';
  }

  #search(criteria: readonly Token[], byUid: boolean): string {
    const found = this.#known.filter((message) =>
      matches(message, criteria, (set, uids) => this.#chosen(set, uids ? 'UID' : '').includes(message)),
    );
    const numbers = found.map((message) => (byUid ? message.uid : this.#known.indexOf(message) + 1));
    this.#send(['* SEARCH', ...numbers].join(' '));
    return 'Done';
  }

  #send(line: string): void {
    if (this.#socket.writable) this.#socket.write(`${line}\r\n`, 'latin1');
  }
}

/** Clients may close a connection at any time. */
function ignore(): void {
  // nothing to do
}
