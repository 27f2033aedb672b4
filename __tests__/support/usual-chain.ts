import { inDays } from '../../src/servers/pki.js';
import type { Build } from './chain-judgment.js';
import { HOST } from './certificate-fixtures.js';
import {
  FOR_SERVERS,
  SIGNS_CERTIFICATES,
  SIGNS_DATA,
  alternativeNames,
  basicConstraints,
  commonName,
  craft,
  type Crafted,
  type Parts,
} from './crafted.js';

/** The parts of a sound chain of three certificates. A test replaces what it is about. */

export const DNS = 0x82;
export const NAME: readonly [number, Buffer] = [DNS, Buffer.from(HOST)];
export const SAN = alternativeNames(NAME);

/** The usual extensions of a CA, and of a leaf without names. */
export const CA = [basicConstraints(true), SIGNS_CERTIFICATES];
export const LEAF = [basicConstraints(false), SIGNS_DATA, FOR_SERVERS];

export const root = craft({ name: commonName('Root'), extensions: CA });

/** An intermediate below the root. */
export const ca = (extensions: readonly Buffer[], parts: Parts = {}): Crafted =>
  craft({ name: commonName('Sub CA'), issuer: root, extensions, ...parts });

/** A leaf below an intermediate. */
export const below =
  (issuer: Crafted, extensions: readonly Buffer[] = [...LEAF, SAN], parts: Parts = {}): Build =>
  (leaf) => ({
    leaf: craft({ issuer, extensions, notAfter: inDays(60), ...parts, ...leaf }),
    sends: [issuer],
    anchors: [root],
  });
