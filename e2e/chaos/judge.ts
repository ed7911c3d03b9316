/**
 * Judges a history that has come to rest. What was written is on the server exactly once, under its author and in its
 * author's order, or in the author's dead letters; all see the same; and nobody was told what is not theirs.
 */
import type { Act, ClientReport, FinalRead, History, StoredMessage } from './history.ts';
import { readReaders } from './readers.ts';

export const FINDINGS = ['lost', 'doubled', 'reordered', 'stranded', 'leaked', 'diverged'] as const;
export type Finding = (typeof FINDINGS)[number];

export interface Verdict extends Record<Finding, string[]> {
  /** Of people, on the server. */
  messages: number;
}

export const holds = (verdict: Verdict): boolean => FINDINGS.every((kind) => verdict[kind].length === 0);

export function judge(history: History): Verdict {
  const verdict: Verdict = {
    messages: history.database.messages.filter(({ authorId }) => authorId !== null).length,
    lost: [],
    doubled: [],
    reordered: [],
    stranded: [],
    leaked: [],
    diverged: [],
  };
  judgePlaces(history, verdict);
  judgeOrigins(history, verdict);
  for (const { messageId, refused } of history.database.scheduled) {
    if (!refused) verdict.stranded.push(`The scheduled message ${messageId} has not gone out.`);
  }
  for (const client of history.clients) {
    judgeQueue(client, verdict);
    judgeMessages(client, history.database, verdict);
    judgeThreads(client, history.database, verdict);
    judgeEdits(client, history.database, verdict);
    judgeReading(client, history.database, verdict);
    judgeLanes(client, history.database, verdict);
    judgeViews(client, history.database, verdict);
    judgeTold(client, history.database, verdict);
  }
  judgeReactions(history, verdict);
  return verdict;
}

/** Places count from 1 in every thread, without gaps. */
function judgePlaces({ database }: History, { lost, doubled }: Verdict): void {
  for (const [threadId, messages] of byThread(database.messages)) {
    const places = messages.map(({ seq }) => seq).sort((a, b) => a - b);
    for (const [index, place] of places.entries()) {
      if (place === places[index - 1]) doubled.push(`Place ${place} of thread ${threadId} is taken twice.`);
      else if (place !== (places[index - 1] ?? 0) + 1) lost.push(`Thread ${threadId} has a gap before ${place}.`);
    }
  }
}

/** Every message on the server was written by somebody, once, and is under their name. */
function judgeOrigins({ clients, database }: History, { doubled, diverged }: Verdict): void {
  const authors = new Map<string, string>();
  for (const { acts, personId } of clients) {
    for (const { kind, messageId } of acts) if (kind === 'message') authors.set(messageId, personId);
  }
  const texts = new Map<string, string>();
  for (const { id, authorId, text } of database.messages) {
    if (authorId === null) continue;
    const twin = texts.get(text);
    if (twin !== undefined) doubled.push(`"${text}" is there as ${twin} and as ${id}.`);
    texts.set(text, id);
    if (authors.get(id) !== authorId) diverged.push(`Message ${id} is under ${authorId}, who did not write it.`);
  }
}

function judgeQueue({ client, queue, connection }: ClientReport, { stranded }: Verdict): void {
  if (connection !== 'live') stranded.push(`${client} is ${connection}.`);
  const queued = new Set(queue.map(({ id }) => id));
  for (const { id, name, state, waitsFor } of queue) {
    const isParked = waitsFor !== null && queued.has(waitsFor);
    if (state !== 'failed' && !isParked) stranded.push(`${client} still has ${name} ${id}, ${state}.`);
  }
}

function judgeMessages(report: ClientReport, database: FinalRead, { lost, doubled, diverged }: Verdict): void {
  const stored = byId(database.messages);
  const dead = new Set([
    ...report.queue.flatMap(({ state, messageId }) => (state === 'failed' ? (messageId ?? []) : [])),
    ...database.scheduled.flatMap(({ messageId, personId }) => (personId === report.personId ? messageId : [])),
  ]);
  const acknowledged = new Set(report.acknowledged);
  const everOut = readReaders(database);
  const threads = threadsOf(database);
  for (const { kind, id, messageId, threadId, text, kept } of report.acts) {
    if (kind !== 'message') continue;
    const [isStored, isDead] = [stored.has(messageId), dead.has(messageId)];
    if (isStored && isDead) doubled.push(`"${text}" of ${report.client} is on the server and among the dead letters.`);
    if (!isStored && !isDead && kept) lost.push(`"${text}" of ${report.client} is nowhere.`);
    else if (!isStored && !isDead && id !== null && acknowledged.has(id)) {
      lost.push(`"${text}" of ${report.client} was acknowledged and is not on the server.`);
    }
    if (isDead && threads.has(threadId) && !everOut.wasEverOut(threadId, report.personId)) {
      const { code = 'when it was due' } = report.queue.find((item) => item.messageId === messageId) ?? {};
      diverged.push(`"${text}" of ${report.client} was refused (${code}), who always took part in thread ${threadId}.`);
    }
  }
}

/** A thread that somebody started is there; what is written into one that never came to be is refused. */
function judgeThreads(report: ClientReport, database: FinalRead, { lost }: Verdict): void {
  const threads = threadsOf(database);
  const queued = new Set(report.queue.map(({ id }) => id));
  for (const { kind, id, threadId, kept } of report.acts) {
    const isSafe = kept || (id !== null && report.acknowledged.includes(id));
    if (kind !== 'thread' || !isSafe || threads.has(threadId) || (id !== null && queued.has(id))) continue;
    lost.push(`Thread ${threadId}, which ${report.client} started, is nowhere.`);
  }
}

/** The threads that are on the server. */
export const threadsOf = ({ participants }: FinalRead): ReadonlySet<string> =>
  new Set(participants.map(({ threadId }) => threadId));

/** Every text that a message ever had is its text now or one of its revisions. */
function judgeEdits(report: ClientReport, database: FinalRead, { lost, doubled }: Verdict): void {
  const texts = new Map<string, number>();
  for (const { id, text } of database.messages) count(texts, `${id} ${text}`);
  for (const { messageId, text } of database.revisions) count(texts, `${messageId} ${text}`);
  const done = doneActs(report);
  for (const act of report.acts) {
    if (act.kind !== 'edit') continue;
    const times = texts.get(`${act.messageId} ${act.text}`) ?? 0;
    if (times > 1) doubled.push(`The edit "${act.text}" of ${report.client} was done ${times} times.`);
    if (times === 0 && done(act)) lost.push(`The edit "${act.text}" of ${report.client} is nowhere.`);
  }
}

/** A read position never lies below what a person had marked, unless they were out of the thread meanwhile. */
function judgeReading(report: ClientReport, database: FinalRead, { lost }: Verdict): void {
  const readers = readReaders(database);
  const positions = new Map(
    database.readPositions.map(({ threadId, personId, seq }) => [`${threadId} ${personId}`, seq]),
  );
  for (const { kind, threadId, seq, kept } of report.acts) {
    if (kind !== 'read' || !kept || readers.wasEverOut(threadId, report.personId)) continue;
    const reached = positions.get(`${threadId} ${report.personId}`) ?? 0;
    if (reached < seq) lost.push(`${report.client} had read thread ${threadId} up to ${seq}, not ${reached}.`);
  }
}

/** Of one program and thread, what was written first stands first. */
function judgeLanes(report: ClientReport, database: FinalRead, { reordered }: Verdict): void {
  const stored = byId(database.messages);
  const last = new Map<string, { seq: number; text: string }>();
  for (const { kind, held, messageId, threadId, text } of report.acts) {
    const seq = stored.get(messageId)?.seq;
    if (kind !== 'message' || held || seq === undefined) continue;
    const before = last.get(threadId);
    if (before && before.seq > seq) reordered.push(`"${text}" of ${report.client} stands before "${before.text}".`);
    last.set(threadId, { seq, text });
  }
}

/** Whoever takes part sees what the server holds, from some place on, in the order of places; others see nothing. */
function judgeViews(report: ClientReport, database: FinalRead, verdict: Verdict): void {
  const readers = readReaders(database);
  for (const [threadId, messages] of byThread(database.messages)) {
    const view = report.views[threadId] ?? [];
    if (!readers.isNow(threadId, report.personId)) continue;
    const places = view.map(({ seq }) => seq);
    if (places.some((place, index) => index > 0 && place <= (places[index - 1] ?? 0))) {
      verdict.reordered.push(`${report.client} sees thread ${threadId} in another order: ${places.join(' ')}.`);
    }
    // What is shown over a message brings it into view wherever it is; the rest begins where the window does.
    const from = Math.min(...view.flatMap(({ seq, overlaid }) => (overlaid ? [] : [seq])), messages.length);
    const seen = new Map(view.map((message) => [message.id, message]));
    for (const { id, seq, text, reactions } of messages) {
      const shown = seen.get(id);
      if (!shown && seq < from) continue;
      if (!shown) verdict.diverged.push(`${report.client} does not see "${text}" in thread ${threadId}.`);
      else if (!shown.overlaid && (shown.text !== text || inWords(shown.reactions) !== inWords(reactions))) {
        verdict.diverged.push(`${report.client} sees "${shown.text}" of ${id} in a state that is not the last.`);
      }
      seen.delete(id);
    }
    for (const { text } of seen.values()) {
      verdict.diverged.push(`${report.client} sees "${text}" in thread ${threadId}, which the server has not.`);
    }
  }
}

/** Nobody was told anything as of a moment at which it was not theirs, and nobody holds what no longer is. */
function judgeTold(report: ClientReport, database: FinalRead, { leaked }: Verdict): void {
  const readers = readReaders(database);
  for (const [scope, versions] of Object.entries(report.told)) {
    const wrong = versions.filter((version) => !readers.mayRead(scope, report.personId, version));
    if (wrong.length > 0) leaked.push(`${report.client} was told of ${scope} as of ${wrong.join(', ')}.`);
  }
  for (const scope of report.holds) {
    const version = database.versions[scope] ?? 0;
    if (!readers.mayRead(scope, report.personId, version)) leaked.push(`${report.client} still holds ${scope}.`);
  }
}

/** What a person last did to a reaction is what it is. */
function judgeReactions({ clients, database }: History, { lost, doubled }: Verdict): void {
  const stored = byId(database.messages);
  for (const report of clients) {
    const done = doneActs(report);
    const last = new Map<string, Act | null>();
    for (const act of report.acts) {
      if (act.kind !== 'reaction') continue;
      const key = `${act.messageId} ${act.text}`;
      // Of one that was cut off by a kill nobody knows, until the next one.
      if (!act.kept) last.set(key, null);
      else if (done(act)) last.set(key, act);
    }
    for (const act of last.values()) {
      if (!act) continue;
      const people = stored.get(act.messageId)?.reactions[act.text] ?? [];
      const times = people.filter((personId) => personId === report.personId).length;
      if (times > 1) doubled.push(`${report.client} reacted ${times} times to ${act.messageId}.`);
      else if ((times === 1) !== act.on) {
        lost.push(`${report.client} last ${act.on ? 'gave' : 'took back'} ${act.text} on ${act.messageId}.`);
      }
    }
  }
}

/** Tells which acts must have been done: those that were safe on the device and not refused. */
function doneActs({ queue }: ClientReport): (act: Act) => boolean {
  const refused = new Set(queue.map(({ id }) => id));
  return ({ kept, id }) => kept && id !== null && !refused.has(id);
}

const byId = (messages: readonly StoredMessage[]) => new Map(messages.map((message) => [message.id, message]));

function byThread(messages: readonly StoredMessage[]): Map<string, StoredMessage[]> {
  return Map.groupBy(messages, ({ threadId }) => threadId);
}

const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

const inWords = (reactions: Record<string, string[]>): string =>
  Object.entries(reactions)
    .map(([emoji, people]) => `${emoji} ${people.join(' ')}`)
    .sort()
    .join('\n');
