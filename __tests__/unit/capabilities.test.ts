import { capabilitiesOf, capabilityDifference, type Capabilities } from '../../src/smtp/capabilities.js';
import { ReplyParser } from '../../src/smtp/reply.js';
import type { PeerText } from '../../src/text/peer.js';

function capabilities(...lines: readonly string[]): Capabilities {
  const parser = new ReplyParser();
  const all = ['mx.example.com greets you', ...lines];
  parser.push(Buffer.from(all.map((line, i) => `250${i === all.length - 1 ? ' ' : '-'}${line}\r\n`).join('')));
  const reply = parser.take();
  if (!reply) throw new Error('no reply');
  return capabilitiesOf(reply);
}

const exact = (texts: readonly PeerText[]): string[] => texts.map((text) => text.exact);

describe('capabilities', () => {
  test('are all lines except the first, without trailing spaces', () => {
    expect(exact(capabilities('PIPELINING', 'SIZE 1000  ').lines)).toEqual(['PIPELINING', 'SIZE 1000']);
    expect(capabilities().lines).toEqual([]);
  });

  test('are case-insensitive, and include the last line', () => {
    const found = capabilities('pipelining', 'starttls');
    expect(found.has('STARTTLS')).toBe(true);
    expect(found.has('Pipelining')).toBe(true);
  });

  test('are whole keywords', () => {
    const found = capabilities('XSTARTTLS', 'SIZE STARTTLS');
    expect(found.has('STARTTLS')).toBe(false);
    expect(found.has('SIZE')).toBe(true);
  });

  test.each([
    [['AUTH PLAIN LOGIN'], ['PLAIN', 'LOGIN']],
    [['auth plain'], ['PLAIN']],
    [['AUTH=LOGIN'], ['LOGIN']],
    [
      ['AUTH PLAIN', 'AUTH=PLAIN LOGIN'],
      ['PLAIN', 'LOGIN'],
    ],
    [['AUTH'], []],
    [['AUTHENTICATE PLAIN'], undefined],
    [[], undefined],
  ])('offer AUTH in %j', (lines, mechanisms) => {
    expect(capabilities(...lines).mechanisms).toEqual(mechanisms);
  });

  test('include an overwritten keyword', () => {
    expect(exact(capabilities('PIPELINING', 'XXXXXXXA', 'XXXB', 'XXXX').masked)).toEqual(['XXXXXXXA', 'XXXB', 'XXXX']);
    expect(capabilities('XCLIENT NAME', 'XFORWARD', 'XXX').masked).toEqual([]);
  });
});

describe('the difference that TLS makes', () => {
  const changes = (plain: Capabilities, secured: Capabilities): Record<string, string[]> => {
    const { gained, lost } = capabilityDifference(plain, secured);
    return { gained: exact(gained), lost: exact(lost) };
  };

  test('is reported for each mechanism, regardless of order and case', () => {
    const plain = capabilities('PIPELINING', 'STARTTLS', 'size 10', 'AUTH PLAIN GSSAPI', 'VRFY');
    const secured = capabilities('AUTH LOGIN PLAIN', 'SIZE 10', 'pipelining', '8BITMIME');
    expect(changes(plain, secured)).toEqual({
      gained: ['8BITMIME', 'AUTH LOGIN'],
      lost: ['VRFY', 'AUTH GSSAPI'],
    });
  });

  test('is empty if only STARTTLS is gone', () => {
    const none = { gained: [], lost: [] };
    expect(changes(capabilities('STARTTLS', 'SIZE 10'), capabilities('SIZE 10'))).toEqual(none);
  });

  test('includes a keyword with a different value', () => {
    const difference = changes(capabilities('SIZE 10'), capabilities('SIZE 20'));
    expect(difference).toEqual({ gained: ['SIZE 20'], lost: ['SIZE 10'] });
  });
});
