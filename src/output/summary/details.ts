import type { TlsReport } from '../../report/report.js';
import { count } from '../../text/count.js';
import { partsOf } from '../../text/lists.js';
import { shorten } from '../../text/shorten.js';
import { withoutNames, type Member, type SharedFinding } from './causes.js';
import { addressOf, whoActs } from '../labels.js';
import { blocks, code, codeBlock, details, gfm, join, link, list, prose, type Markdown } from '../markdown.js';
import { LINE_LIMIT, nameOf, nameList, short, TEXT_LIMIT } from './sections.js';

/** How many endpoints, messages or values are listed before only their number follows. */
const LISTED = 3;
const MOST_ENDPOINTS = 20;
const CAPABILITIES = 20;

/**
 * A finding: the cause, where it is, what is wrong, the fix, the evidence, a command, the reference.
 * @param isFirstCommand whether it has the first command of the page, which says where to run them
 */
export function findingSection(
  { members }: SharedFinding,
  { findingsUrl, isFirstCommand }: { readonly findingsUrl?: string | undefined; readonly isFirstCommand: boolean },
): Markdown | undefined {
  const [first] = members;
  if (!first) return undefined;
  const views = members.map(({ view }) => view);
  const { finding, title, sign, step } = first.problem;
  const { remedy, reference, reproduce, waived } = finding;
  const codeLabel = code(finding.code);
  const codeLink = findingsUrl === undefined ? codeLabel : link(codeLabel, `${findingsUrl}#${finding.code}`);
  const fields = [...evidenceOf(members), ...capabilityDifference(first)];
  return blocks([
    gfm`### ${sign.emoji} ${short(title)}: ${nameList(views)}`,
    join([codeLink, step, ...(members.length > 1 ? [] : factsOf(first))], ' · '),
    members.length > 1 ? endpointsOf(members) : undefined,
    waived && gfm`**Waived until ${short(waived.until)}:** ${shorten(waived.reason, TEXT_LIMIT)}`,
    ...messagesOf(members),
    fixOf(remedy, whoActs(finding)),
    fields.length > 0 ? blocks([gfm`**Evidence:**`, list(fields)]) : undefined,
    transcriptOf(members),
    reproduce === undefined ? undefined : command(reproduce, first, isFirstCommand),
    reference === undefined ? undefined : gfm`**Reference:** ${short(reference)}`,
  ]);
}

/** A fix, of which a list is shown as one. */
function fixOf(remedy: string, who: string): Markdown {
  const parts = partsOf(shorten(remedy, TEXT_LIMIT)).map((part) =>
    'items' in part ? list(part.items.map(prose)) : prose(part.paragraph),
  );
  return gfm`**Fix** ${who}: ${blocks(parts)}`;
}

/** Where the finding is. */
function endpointsOf(members: readonly Member[]): Markdown {
  const all = members
    .slice(0, MOST_ENDPOINTS)
    .map((member) => gfm`**${nameOf(member.view.endpoint)}** · ${join(factsOf(member), ' · ')}`);
  const missing = members.length - all.length;
  const listed = list([...all, ...(missing > 0 ? [gfm`and ${missing} more`] : [])]);
  return members.length > LISTED ? details(count(members.length, 'endpoint'), listed) : listed;
}

function factsOf({ view: { endpoint, attempts, problems }, problem }: Member): (Markdown | string | undefined)[] {
  const { address, host, transport, tls } = endpoint;
  const { source = endpoint.source, code: finding } = problem.finding;
  // The message names the inbox, whose address and TLS session are different ones.
  const isOfServer = !finding.startsWith('inbox-');
  return [
    code(short(addressOf(endpoint))),
    address === undefined || address === host || !isOfServer ? undefined : code(short(address)),
    transport === 'implicit' ? 'implicit TLS' : 'STARTTLS',
    tls && isOfServer ? short(sessionOf(tls)) : undefined,
    source && code(short(`${source.file}:${source.line}`)),
    attempts && problem === problems[0] ? shorten(attempts.inFull, TEXT_LIMIT) : undefined,
  ];
}

function sessionOf({ version, cipher, group, postQuantum }: TlsReport): string {
  const keyExchange = group === undefined ? [] : [postQuantum ? `${group} (post-quantum)` : group];
  return [version, cipher, ...keyExchange].join(', ');
}

/** What is wrong: once if all endpoints have the same message but for their names, otherwise the first messages. */
function messagesOf(members: readonly Member[]): Markdown[] {
  const messages = variants(members, ({ problem }) => problem.finding.message);
  const [only, ...others] = messages;
  if (only && others.length === 0) {
    const isExample = new Set(members.map(({ problem: { finding } }) => finding.message + finding.remedy)).size > 1;
    const example =
      isExample && members[0]
        ? gfm` (This text is for ${nameOf(members[0].view.endpoint)}; the names differ for the others.)`
        : '';
    return [gfm`${shorten(only.text, TEXT_LIMIT)}${example}`];
  }
  return [
    listOf(messages, ({ text, from }) => gfm`${nameList(from.map(({ view }) => view))}: ${shorten(text, TEXT_LIMIT)}`),
  ];
}

/** Each field once, with the values that it has. */
function evidenceOf(members: readonly Member[]): Markdown[] {
  const [first] = members;
  if (!first) return [];
  const labels = first.problem.evidence.map(({ label }) => label);
  return labels.map((label) => {
    const values = variants(members, ({ problem }) => problem.evidence.find((field) => field.label === label)?.value);
    const shown = values.slice(0, LISTED).map(({ text, from }) => {
      const where = values.length > 1 ? gfm` (${nameList(from.map(({ view }) => view))})` : '';
      return gfm`${code(shorten(text, TEXT_LIMIT))}${where}`;
    });
    const more = values.length > LISTED ? gfm` and ${values.length - LISTED} more` : '';
    return gfm`${short(label)}: ${join(shown, ', ')}${more}`;
  });
}

interface Variant {
  readonly text: string;
  readonly from: readonly Member[];
}

/** The different texts of some endpoints, names aside, with the endpoints that have them. */
function variants(members: readonly Member[], textOf: (member: Member) => string | undefined): Variant[] {
  const found = new Map<string, { text: string; from: Member[] }>();
  for (const member of members) {
    const text = textOf(member);
    if (text === undefined) continue;
    const key = withoutNames(text, member.view);
    const variant = found.get(key);
    if (variant) variant.from.push(member);
    else found.set(key, { text, from: [member] });
  }
  return [...found.values()];
}

function listOf(all: readonly Variant[], item: (variant: Variant) => Markdown): Markdown {
  const missing = all.length - LISTED;
  return list([...all.slice(0, LISTED).map(item), ...(missing > 0 ? [gfm`and ${missing} more like these`] : [])]);
}

/** How the capabilities differ over TLS, if the step that reads them over TLS has the finding. */
function capabilityDifference({ view: { endpoint }, problem: { step } }: Member): Markdown[] {
  const { gained = [], lost = [] } = endpoint.capabilities ?? {};
  if (step !== 'authentication') return [];
  const listed = (label: string, lines: readonly string[]): Markdown[] => {
    const shown = lines.slice(0, CAPABILITIES).map((line) => code(short(line)));
    return shown.length === 0 ? [] : [gfm`${label}: ${join(shown, ' ')}`];
  };
  return [...listed('offered only over TLS', gained), ...listed('offered only before TLS', lost)];
}

/** The lines of the first transcript that shows it. */
function transcriptOf(members: readonly Member[]): Markdown | undefined {
  const member = members.find(({ problem }) => problem.transcript.length > 0);
  if (!member) return undefined;
  const { transcript, connection = '' } = member.problem;
  return details(gfm`Transcript: ${short(connection)}`, codeBlock(transcript.map((line) => shorten(line, LINE_LIMIT))));
}

function command(reproduce: string, { view, problem: { finding } }: Member, isFirst: boolean): Markdown {
  const { reproduceShows, reproduceSendsTo, evidence = {} } = finding;
  const isLocal = evidence.container !== undefined || view.endpoint.host === 'localhost';
  const remarks = [
    ...(isLocal ? [IN_JOB] : isFirst ? [WHERE_TO_RUN] : []),
    ...(reproduceSendsTo === undefined ? [] : [gfm`This command sends a message to ${code(short(reproduceSendsTo))}.`]),
  ];
  return blocks([
    join([gfm`**Reproduce:**`, ...remarks], ' '),
    codeBlock(shorten(reproduce, TEXT_LIMIT).split('\n').flatMap(continued)),
    reproduceShows === undefined ? undefined : gfm`Look for: ${code(shorten(reproduceShows, TEXT_LIMIT))}`,
  ]);
}

/** A server may treat clients of other networks differently, and paths are relative to the checkout. */
const WHERE_TO_RUN = 'Run the commands in the checkout, on a machine in the same network as the runner.';

/** The loopback addresses of the runner or of a container, and the names of its services, exist only there. */
const IN_JOB = 'Run the command in a step of the job, because the address exists only there.';

/** The characters that fit into a line of a block of code. */
const COMMAND_WIDTH = 100;

/** A line of a command for a POSIX shell, continued on further lines where it is too long. */
function continued(line: string): string[] {
  // Words as the shell splits them: a quoted part may have spaces.
  const words = line.match(/(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"\\])+/g) ?? [];
  if (line.length <= COMMAND_WIDTH || words.join(' ') !== line) return [line];
  const lines: string[] = [];
  // An option stays on one line with its value.
  for (const part of words.join('\n').split(/\n(?=[-|<>&])/)) {
    const option = part.replaceAll('\n', ' ');
    const longer = `${lines.at(-1) ?? ''} ${option}`;
    if (lines.length > 0 && longer.length < COMMAND_WIDTH) lines[lines.length - 1] = longer;
    else lines.push(lines.length === 0 ? option : `  ${option}`);
  }
  return lines.map((part, at) => (at < lines.length - 1 ? `${part} \\` : part));
}
