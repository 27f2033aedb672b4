import { Duplex } from 'node:stream';
import { Deadline } from '../../src/net/deadline.js';
import { formatReply } from '../../src/smtp/reply.js';
import {
  ConnectionLost,
  ReplyTimeout,
  ServiceNotAvailable,
  SmtpSession,
  UnsolicitedReply,
} from '../../src/smtp/session.js';
import { Transcript } from '../../src/net/transcript.js';
import { waiting } from '../support/time.js';

/** A session over a channel that accepts data as the test decides. */
function sessionOn(take: (octets: Buffer, done: (error?: Error) => void) => void, timeoutMs = 200) {
  const channel = new Duplex({
    read: () => undefined,
    write: (octets: Buffer, _encoding, done) => {
      take(octets, done);
    },
  });
  const transcript = new Transcript();
  const session = new SmtpSession(channel, { transcript, timeoutMs, budget: Deadline.after(timeoutMs) });
  return { channel, session, transcript };
}

const LARGE = 'x'.repeat(76).concat('\r\n').repeat(10_000);

describe('a message', () => {
  test('fails if a chunk cannot be sent in time', async () => {
    let taken = 0;
    const { session } = sessionOn((octets, done) => {
      taken += octets.length;
      if (taken < 200_000) done();
    });
    const waited = waiting();
    await expect(session.message(LARGE)).rejects.toThrow(ReplyTimeout);
    expect(waited()).toBeLessThan(2000);
    expect(taken).toBeLessThan(LARGE.length / 2);
  });

  test('has more time than the session, depending on its size', async () => {
    const { session, channel } = sessionOn((octets, done) => {
      setTimeout(() => {
        if (octets.includes('\r\n.\r\n')) channel.push('250 taken\r\n');
        done();
      }, 40);
    });
    // Thirteen chunks of 40 ms each: more than the 200 ms for everything else.
    await expect(session.message(LARGE)).resolves.toMatchObject({ code: 250 });
  });

  test('ends when the connection is lost, and an earlier reply is evaluated', async () => {
    let taken = 0;
    const { session, channel } = sessionOn((octets, done) => {
      taken += octets.length;
      if (taken > 200_000 && channel.readableFlowing !== null) {
        channel.push('552 5.3.4 too big\r\n');
        channel.push(null);
      }
      done();
    });
    await expect(session.message(LARGE)).resolves.toMatchObject({ code: 552, enhanced: '5.3.4' });
  });

  test.each<[string, string, object]>([
    ['refused', '552 5.3.4 too big', { code: 552, enhanced: '5.3.4' }],
    ['deferred', '452 4.3.1 no room', { code: 452 }],
  ])('that is %s before its end is stopped, even if the channel is blocked', async (_, reply, expected) => {
    const sent: Buffer[] = [];
    const { session, channel, transcript } = sessionOn((octets, done) => {
      sent.push(octets);
      if (sent.length < 3) done();
      else channel.push(`${reply}\r\n`);
    });
    await expect(session.message(LARGE)).resolves.toMatchObject(expected);
    expect(transcript.lines.at(-1)).toMatchObject({ from: 'server', text: reply });
    await session.quit();
    expect(sent).toHaveLength(3);
    expect(channel.destroyed).toBe(true);
  });

  test.each<[string, string, new (...given: never[]) => Error]>([
    ['taken', '250 taken', UnsolicitedReply],
    ['ended by 421', '421 bye', ServiceNotAvailable],
  ])('that is %s before its end fails, and no dot is sent', async (_, reply, failure) => {
    const sent: Buffer[] = [];
    const { session, channel } = sessionOn((octets, done) => {
      sent.push(octets);
      if (sent.length === 3) channel.push(`${reply}\r\n`);
      done();
    });
    let isNearDot = false;
    const answer = session.message(LARGE, () => {
      isNearDot = true;
    });
    await expect(answer).rejects.toThrow(failure);
    await session.quit();
    expect(sent).toHaveLength(3);
    expect(isNearDot).toBe(false);
  });

  test.each([0, 1, 2, 3])(
    'whose chunks would split its dot after %i bytes is sent with the dot in one chunk',
    async (octets) => {
      const sent: Buffer[] = [];
      const { session, channel } = sessionOn((piece, done) => {
        sent.push(Buffer.from(piece));
        if (piece.includes('\n.\r\n')) channel.push('250 taken\r\n');
        done();
      });
      let before = 0;
      const message = `${'x'.repeat(128 * 1024 - 2 - octets)}\r\n`;
      const answer = await session.message(message, () => {
        before = sent.length;
      });
      expect(answer.code).toBe(250);
      expect(sent.map(({ length }) => length)).toEqual([64 * 1024, 64 * 1024 + 3 - octets]);
      // A retry is possible only before the chunk with the dot.
      expect(before).toBe(1);
    },
  );

  test('that is cut off is a lost connection', async () => {
    const { session, channel } = sessionOn((_octets, done) => {
      done(new Error('EPIPE'));
    });
    await expect(session.message(LARGE)).rejects.toThrow(ConnectionLost);
    expect(channel.destroyed).toBe(true);
  });

  test('is sent completely, with stuffed dots, and no character is split', async () => {
    const sent: Buffer[] = [];
    const { session, channel } = sessionOn((octets, done) => {
      sent.push(Buffer.from(octets));
      if (octets.includes('\r\n.\r\n')) channel.push('250 taken\r\n');
      done();
    });
    const message = `.first\r\n${'𝄞é'.repeat(30_000)}\r\n..last\r\n`;
    await session.message(message);
    expect(sent.length).toBeGreaterThan(1);
    expect(Buffer.concat(sent).toString()).toBe(`..first\r\n${'𝄞é'.repeat(30_000)}\r\n...last\r\n.\r\n`);
  });
});

test('commands that are sent together are one write, and each precedes its reply in the transcript', async () => {
  const writes: string[] = [];
  const { session, channel, transcript } = sessionOn((octets, done) => {
    writes.push(octets.toString());
    done();
  });
  await session.send(['MAIL FROM:<>', 'RCPT TO:<a@b>']);
  channel.push('250 one\r\n250 two\r\n');
  expect([formatReply(await session.reply()), formatReply(await session.reply())]).toEqual(['250 one', '250 two']);
  expect(writes).toEqual(['MAIL FROM:<>\r\nRCPT TO:<a@b>\r\n']);
  expect(transcript.lines.map(({ from, text }) => `${from}: ${text}`)).toEqual([
    'client: MAIL FROM:<>',
    'server: 250 one',
    'client: RCPT TO:<a@b>',
    'server: 250 two',
  ]);
});

test('QUIT is not sent while a reply is outstanding', async () => {
  const writes: string[] = [];
  const { session, channel } = sessionOn((octets, done) => {
    writes.push(octets.toString());
    done();
  });
  await session.send(['MAIL FROM:<>', 'RCPT TO:<a@b>']);
  channel.push('250 one\r\n');
  await session.reply();
  await session.quit();
  expect(writes).toHaveLength(1);
});

test('QUIT is sent, and nothing waits for the reply', async () => {
  const writes: string[] = [];
  const { session, channel, transcript } = sessionOn((octets, done) => {
    writes.push(octets.toString());
    done();
  }, 60_000);
  await session.quit();
  expect([writes, channel.destroyed]).toEqual([['QUIT\r\n'], true]);
  expect(transcript.lines.map(({ text }) => text)).toEqual(['QUIT']);
});

test('a server that reads nothing does not keep the session open', async () => {
  const { session, channel } = sessionOn(() => undefined);
  await session.quit();
  expect(channel.destroyed).toBe(true);
});
