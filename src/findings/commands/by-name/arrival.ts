import {
  bodyCommand,
  copiesCommand,
  dotCommand,
  encodingCommand,
  fieldCommand,
  sendAndReadCommand,
  sendAndSearchCommand,
} from '../arrival.js';
import type { Commands } from '../subject.js';

/** A message that is sent, and how it arrives in the inbox. */
export const ARRIVAL_COMMANDS = {
  /** A message that is sent, and how it arrives. */
  'sent-message': (endpoint, subject) => sendAndReadCommand(endpoint, subject, { section: 'message' }),
  'sent-header': (endpoint, subject) => sendAndReadCommand(endpoint, subject, { section: 'header' }),
  'sent-to-junk': (endpoint, subject) =>
    sendAndReadCommand(endpoint, subject, { section: 'header', folder: subject.evidence.folder }),
  /** Whether it has the header fields that the test message has lost, or others. */
  'sent-field': (endpoint, subject) => fieldCommand(endpoint, subject, subject.evidence.removed?.split(', ')[0] ?? ''),
  'sent-dkim-signature': (endpoint, subject) => fieldCommand(endpoint, subject, 'DKIM-Signature'),
  'sent-results': (endpoint, subject) => fieldCommand(endpoint, subject, 'Authentication-Results'),
  'sent-encoding': (endpoint, subject) => encodingCommand(endpoint, subject),
  'sent-body': (endpoint, subject) => bodyCommand(endpoint, subject),
  'sent-dot': (endpoint, subject) => dotCommand(endpoint, subject),
  /** Whether it arrives more than once, or at all. */
  'sent-copies': (endpoint, subject) => copiesCommand(endpoint, subject),
  'sent-search': (endpoint, subject) => sendAndSearchCommand(endpoint, subject),
} as const satisfies Commands;
