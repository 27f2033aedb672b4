/** Half of a short name may be different on purpose. */
const LETTERS_PER_SLIP = 4;
const USUAL_SLIPS = 2;

/**
 * How the recipient differs from the address of the mailbox, if it looks like a typo.
 * @param user the username for the inbox; without a domain, it is compared with the local part
 * @returns the end of a sentence; undefined if the two are equal, or differ as an alias does
 */
export function slipBetween(
  to: string,
  user: string,
): 'by one letter' | 'by two letters' | 'only in the domain' | undefined {
  const [recipient, mailbox] = [partsOf(to), partsOf(user)];
  if (recipient.local === '' || mailbox.local === '') return undefined;
  const inDomain = mailbox.domain === '' ? 0 : editDistance(recipient.domain, mailbox.domain);
  const inLocal = editDistance(recipient.local, mailbox.local);
  const slips = inLocal + inDomain;
  if (slips === 0) return undefined;
  if (slips <= USUAL_SLIPS && inLocal * LETTERS_PER_SLIP <= mailbox.local.length) {
    return slips === 1 ? 'by one letter' : 'by two letters';
  }
  return inLocal === 0 ? 'only in the domain' : undefined;
}

/** A subaddress (RFC 5233) has the mailbox of the address without it. */
function partsOf(address: string): { readonly local: string; readonly domain: string } {
  const at = address.includes('@') ? address.lastIndexOf('@') : address.length;
  const [local = ''] = address.slice(0, at).toLowerCase().split('+');
  return { local, domain: address.slice(at + 1).toLowerCase() };
}

/**
 * How many letters must be inserted, removed, replaced, or swapped with the next one. Two swapped letters are the most usual
 * slip, and `leven` counts them as two.
 */
function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row[j] = Math.min(
        (row[j - 1] ?? 0) + 1,
        (last[j] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, row];
  }
  return last[other.length] ?? 0;
}
