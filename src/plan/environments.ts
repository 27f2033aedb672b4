import { shorten } from '../text/shorten.js';
import { at, type Located, type LocatedMapping } from './source/located.js';
import type { Problem } from './source/problem.js';
import { isQuotableName } from './source/quote.js';
import type { EndpointList } from './source/sources.js';

/** Names in an error. */
const NAMES = 20;
const NAME_LIMIT = 60;

/** Which endpoints the input `environments` selects. */
export interface Selection {
  /** Whether there is no such input: every endpoint is tested. */
  readonly isEverything: boolean;
  /** @param item an endpoint of a list that inherits from the defaults of this list */
  includes(item: Located, defaults: LocatedMapping): boolean;
  /** Names that no endpoint has: a typo must not leave an endpoint untested. */
  readonly problems: readonly Problem[];
}

/** @param input the input `environments`, if it is set */
export function selectEnvironments(input: Located | undefined, lists: readonly EndpointList[]): Selection {
  if (input?.kind !== 'text') return { isEverything: true, includes: () => true, problems: [] };
  const known = new Set(
    lists.flatMap(({ items, defaults }) => items.flatMap((item) => environmentOf(item, defaults) ?? [])),
  );
  const names = new Set(namesIn(input.text, known));
  // Without its endpoints, the environments of a list are not known either.
  const isComplete = lists.every(({ items, problems }) => items.length > 0 || problems.length === 0);
  return {
    isEverything: false,
    includes(item, defaults) {
      const environment = environmentOf(item, defaults);
      return environment === undefined || names.has(environment);
    },
    problems: isComplete ? problemsOf(names, known).map((message) => ({ ...input.place, message })) : [],
  };
}

/** The environment of an endpoint; undefined if it names none. */
function environmentOf(item: Located, defaults: LocatedMapping): string | undefined {
  const node = at(item, 'environment') ?? at(defaults, 'environment');
  return node?.kind === 'text' && !node.broken ? node.text : undefined;
}

/** Names are separated by line breaks, commas and spaces. A known name may itself contain spaces. */
function namesIn(text: string, known: ReadonlySet<string>): string[] {
  const parts = text.split(/[\r\n,]+/).map((part) => part.trim());
  return parts.flatMap((part) => (known.has(part) ? [part] : part.split(/\s+/))).filter((name) => name !== '');
}

function problemsOf(names: ReadonlySet<string>, known: ReadonlySet<string>): string[] {
  if (names.size === 0) return [`no environment is named${listOf(known)}`];
  const unknown = [...names].filter((name) => !known.has(name));
  return unknown.slice(0, NAMES).map((name) => unknownName(name, known));
}

function unknownName(name: string, known: ReadonlySet<string>): string {
  const what = isQuotableName(name) ? `the environment "${name}"` : 'one of these environments';
  return known.size === 0
    ? `no endpoint has ${what} or any other environment`
    : `no endpoint has ${what}${listOf(known)}`;
}

function listOf(known: ReadonlySet<string>): string {
  if (known.size === 0) return '';
  const listed = [...known].slice(0, NAMES).map((each) => shorten(each, NAME_LIMIT));
  const more = known.size > NAMES ? ` and ${known.size - NAMES} more` : '';
  return `; the environments are ${listed.join(', ')}${more}`;
}
