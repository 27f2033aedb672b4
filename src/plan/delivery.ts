import { at } from './source/located.js';
import type { Located, LocatedMapping } from './source/located.js';
import type { Problem } from './source/problem.js';

/** What can be demanded of the origin of a message, and what only the receiver can say. */
const CHECKS = ['spf', 'dkim', 'dmarc'] as const;
const SAID_BY_RECEIVER = ['spf', 'dmarc'] as const;

/** What an endpoint may share with others by the defaults, and has no use for where it sends no message. */
const NEED_A_MESSAGE = ['keep', 'attachment-bytes'] as const;

/**
 * Keys of `delivery` that contradict one another, that need another one, or that the endpoint has to no effect.
 * @param own the endpoint as the user wrote it, which says where
 * @param merged the same with all layers under it
 */
export function deliveryProblems(own: LocatedMapping, merged: LocatedMapping): Problem[] {
  const delivery = at(merged, 'delivery');
  if (delivery?.kind !== 'mapping') return [];
  const problem = (message: string, ...keys: readonly string[]): Problem => {
    const { place } =
      keys.map((key) => at(own, 'delivery', ...key.split('.'))).find((node) => node !== undefined) ?? own;
    return { ...place, message: `delivery.${message}` };
  };
  const has = (key: string): boolean => delivery.entries.has(key);
  const refused = isText(at(delivery, 'expect'), 'refused');
  const accepted = isText(at(delivery, 'expect'), 'accepted');
  const verdicts = at(delivery, 'verdicts');
  return [
    ...(accepted && has('inbox')
      ? [
          problem(
            'expect: accepted tests acceptance only, and no inbox is read; remove inbox, username and password, or expect',
            'inbox',
            'expect',
          ),
        ]
      : []),
    ...(refused && has('inbox')
      ? [problem('expect: refused sends no message, so there is none to look for; take out inbox', 'inbox', 'expect')]
      : []),
    ...NEED_A_MESSAGE.filter((key) => refused && at(own, 'delivery', key)).map((key) =>
      problem(`expect: refused sends no message, so ${key} has no effect; take it out`, key),
    ),
    ...(!refused && !has('inbox') && isText(at(own, 'delivery', 'keep'), 'true')
      ? [problem('keep is for the message in the inbox, and needs inbox', 'keep')]
      : []),
    ...(verdicts && !has('inbox')
      ? [problem('verdicts are read in the message that arrived, and need inbox', 'verdicts')]
      : []),
    ...(verdicts?.kind === 'mapping' ? verdictsProblems(verdicts, problem) : []),
  ];
}

function verdictsProblems(
  { entries }: LocatedMapping,
  problem: (message: string, ...keys: readonly string[]) => Problem,
): Problem[] {
  if (!CHECKS.some((check) => entries.has(check))) {
    return [problem(`verdicts must name what is demanded: ${CHECKS.join(', ')}`, 'verdicts')];
  }
  const said = SAID_BY_RECEIVER.filter((check) => entries.has(check));
  if (said.length === 0 || entries.has('authserv-id')) return [];
  const message = `verdicts.authserv-id is missing: whose word counts for ${said.join(' and ')}?`;
  return [problem(message, ...said.map((check) => `verdicts.${check}`), 'verdicts')];
}

function isText(node: Located | undefined, text: string): boolean {
  return node?.kind === 'text' && !node.broken && node.text === text;
}
