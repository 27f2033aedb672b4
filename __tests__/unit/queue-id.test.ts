import { queueIdIn } from '../../src/steps/delivery/queue-id.js';
import { LineBuffer } from '../../src/net/line-channel.js';
import { ReplyParser } from '../../src/smtp/reply.js';

/** The queue ID in the reply to a message, by which the owner of the server finds it in the log. */
function idIn(line: string): string | undefined {
  const received = new LineBuffer();
  received.push(Buffer.from(`${line}\r\n`));
  const reply = new ReplyParser(received).take();
  if (!reply) throw new Error('not a reply');
  return queueIdIn(reply);
}

test.each<[string, string, string]>([
  ['Postfix', '250 2.0.0 Ok: queued as 4VbXyZ1q2Rz3', '4VbXyZ1q2Rz3'],
  [
    'Postfix behind amavis',
    '250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 0A1B2C3D4E',
    '0A1B2C3D4E',
  ],
  ['Exim', '250 OK id=1tFabc-000000012Ab-3cDe', '1tFabc-000000012Ab-3cDe'],
  ['Sendmail', '250 2.0.0 4ASHJ2Kp012345 Message accepted for delivery', '4ASHJ2Kp012345'],
  ['OpenSMTPD', '250 2.0.0 8f3a2b1c Message accepted for delivery', '8f3a2b1c'],
  ['Haraka', '250 Message Queued (6B29FC40-CA47-1067-B31D-00DD010662DA.1)', '6B29FC40-CA47-1067-B31D-00DD010662DA.1'],
  [
    'Exchange',
    '250 2.6.0 <starttls-gate.1@example.com> [InternalId=33182548427013, Hostname=MX.example.com] 2135 bytes in 0.113, 18.371 KB/sec Queued mail for delivery',
    '33182548427013',
  ],
  [
    'Gmail',
    '250 2.0.0 OK  1764345600 d2e1a72fcca58-7c3f0a1b2c3si1234567b3a.5 - gsmtp',
    '1764345600 d2e1a72fcca58-7c3f0a1b2c3si1234567b3a.5',
  ],
  ['Stalwart', '250 2.0.0 Message queued with id 1a2b3c4d5e6f.', '1a2b3c4d5e6f'],
  ['Amazon SES', '250 Ok 0102019a1b2c3d4e-0a1b2c3d-0000-000000', '0102019a1b2c3d4e-0a1b2c3d-0000-000000'],
  ['qmail', '250 ok 1764345600 qp 12345', 'qp 12345'],
])('%s names it', (_, line, id) => {
  expect(idIn(line)).toBe(id);
});

test.each([
  '250 OK',
  '250 2.0.0 Message received',
  '250 Great success',
  '250 2.6.0 Message accepted',
  '250 Ok delivered',
])('there is none in %s', (line) => {
  expect(idIn(line)).toBeUndefined();
});
