import { DerError, derElements } from '../der.js';
import { TAG } from '../encoding.js';
import { attributes, generalNames } from './names.js';
import { bitsIn, listOf, only, sequenceOf, type Syntax } from './parts.js';

const FULL_NAME = 0xa0;
const RELATIVE_NAME = 0xa1;

const pointName = only('a CRL distribution point has', ({ tag, content }) => {
  if (tag === FULL_NAME) generalNames(content);
  else if (tag === RELATIVE_NAME) attributes(content);
  else throw new DerError('a CRL distribution point has an unknown name');
});

const NAME = 0xa0;
const ISSUER = 0xa2;

const parts = sequenceOf('a CRL distribution point has', [
  { tag: NAME, syntax: pointName },
  { tag: 0x81, syntax: bitsIn },
  { tag: ISSUER, syntax: generalNames },
]);

const distributionPoint: Syntax = (content) => {
  parts(content);
  const isKnown = derElements(content).some(({ tag, content: { length } }) =>
    tag === ISSUER ? length > 0 : tag === NAME,
  );
  if (!isKnown) throw new DerError('a CRL distribution point has neither a name nor an issuer');
};

/** CRL distribution points (RFC 5280 section 4.2.1.13): where, for which reasons, and by whom. */
export const distributionPoints = listOf('the CRL distribution points have', TAG.sequence, distributionPoint);
