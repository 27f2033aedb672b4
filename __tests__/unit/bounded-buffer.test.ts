import fc from 'fast-check';
import { BoundedBuffer } from '../../src/inbox/bounded-buffer.js';

test('keeps the first bytes, no matter how they arrive', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 30_000, size: 'max' }), { maxLength: 6 });
  fc.assert(
    fc.property(pieces, fc.nat(100_000), (arrived, max) => {
      const buffer = new BoundedBuffer(max);
      for (const piece of arrived) {
        if (piece.length > 100) buffer.add(Buffer.from(piece));
        else for (const byte of piece) buffer.push(byte);
      }
      const all = Buffer.concat(arrived);
      expect([buffer.total, buffer.bytes.equals(all.subarray(0, max))]).toEqual([all.length, true]);
    }),
    { numRuns: 50 },
  );
});
