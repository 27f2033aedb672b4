import { Transcript } from '../../src/net/transcript.js';

describe('a transcript that is too long ends with a note', () => {
  test.each([
    ['many lines', 'x', 1000],
    ['many bytes', 'é'.repeat(4095), 4],
    ['bytes that are much longer as JSON', '\x01'.repeat(1024), 5],
  ])('%s', (_, text, kept) => {
    const transcript = new Transcript();
    for (let line = 0; line < 2000; line += 1) transcript.add('server', text);
    expect(transcript.lines).toHaveLength(kept + 1);
    expect(transcript.lines.at(-2)?.text).toBe(text);
    expect(transcript.lines.at(-1)).toMatchObject({
      from: 'server',
      text: '… (transcript truncated)',
    });
  });
});
