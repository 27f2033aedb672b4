import fc from 'fast-check';
import { Kept } from '../../src/inbox/bounded-buffer.js';

test('keeps the first octets, however they arrive', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 30_000, size: 'max' }), { maxLength: 6 });
  fc.assert(
    fc.property(pieces, fc.nat(100_000), (arrived, most) => {
      const kept = new Kept(most);
      for (const piece of arrived) {
        if (piece.length > 100) kept.add(Buffer.from(piece));
        else for (const octet of piece) kept.push(octet);
      }
      const all = Buffer.concat(arrived);
      expect([kept.total, kept.octets.equals(all.subarray(0, most))]).toEqual([all.length, true]);
      kept.empty();
      expect([kept.total, kept.octets.length]).toEqual([0, 0]);
    }),
    { numRuns: 50 },
  );
});
