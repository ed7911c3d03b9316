/**
 * A messenger small enough to be simulated thousands of times a minute: threads with messages, edits, likes, pins and
 * counts, people who come and go, read positions and drafts. It uses every ability of the engine and nothing else.
 */
import { Refusal, type Mutator, type MutatorTx, type PagedRow, type ScopeId } from '../../mutator.ts';
import type { WireRow } from '../../protocol.ts';

export interface Tables extends Record<string, object> {
  /** In `user:P`, by thread. */
  membership: { active: boolean; epoch: number };
  /** In `user:P`, by thread. */
  position: { seq: number };
  draft: { text: string };
  /** In `people:T`, by person. */
  participant: { active: boolean };
  head: { last: number };
  message: MessageRow;
  pin: { by: string };
  /** Acts that each add one token: one that is done twice is there twice. */
  tally: { tokens: string[] };
}

export interface MessageRow extends PagedRow {
  author: string;
  text: string;
  /** Counts its edits. */
  rev: number;
  likes: string[];
  /** What clients of the release before do not know. */
  tag?: string;
}

export const threadScope = (thread: string): ScopeId => `thread:${thread}`;
export const peopleScope = (thread: string): ScopeId => `people:${thread}`;
export const userScope = (person: string): ScopeId => `user:${person}`;
/** @returns kind and id */
export const parseScope = (scope: ScopeId): [kind: string, id: string] => {
  const [kind = '', id = ''] = scope.split(':');
  return [kind, id];
};

export const isPaged = (scope: ScopeId): boolean => scope.startsWith('thread:');
export const residentTables = ['membership', 'position', 'draft', 'participant', 'head', 'tally'] as const;
/** Places of every thread that a device keeps. */
export const PLACES_KEPT = 40;

export function follow(
  personId: string,
  rows: { all<T extends keyof Tables & string>(table: T): { scope: ScopeId; id: string; data: Tables[T] }[] },
): { scope: ScopeId; low?: number; urgent: boolean }[] {
  const last = new Map(rows.all('head').map(({ id, data }) => [id, data.last]));
  const threads = rows
    .all('membership')
    .filter(({ scope, data }) => scope === userScope(personId) && data.active)
    .map(({ id }) => id);
  return [
    { scope: userScope(personId), urgent: true },
    ...threads.map((id) => ({
      scope: threadScope(id),
      low: Math.max(1, (last.get(id) ?? 0) - PLACES_KEPT + 1),
      urgent: true,
    })),
    ...threads.map((id) => ({ scope: peopleScope(id), urgent: false })),
  ];
}

/** The shape of rows that clients of the release before read. */
export function toFirstSchema([table, id, version, data]: WireRow): WireRow {
  if (table !== 'message' || !data) return [table, id, version, data];
  const { tag: _, ...rest } = data as MessageRow;
  return [table, id, version, rest];
}

type Tx = MutatorTx<Tables>;

async function mustTakePart(tx: Tx, thread: string): Promise<void> {
  const membership = await tx.get('membership', userScope(tx.personId), thread);
  if (!membership?.active) throw new Refusal('not_found', 'This thread is not there.');
}

async function mustFindMessage(tx: Tx, thread: string, id: string): Promise<MessageRow> {
  await mustTakePart(tx, thread);
  const message = await tx.get('message', threadScope(thread), id);
  if (!message) throw new Refusal('not_found', 'This message is not there.');
  return message;
}

async function append(tx: Tx, thread: string, id: string, message: Pick<MessageRow, 'text' | 'tag'>): Promise<void> {
  const scope = threadScope(thread);
  if (await tx.get('message', scope, id)) throw new Refusal('id_taken', 'This message is there already.');
  const seq = tx.nextSeq(scope);
  tx.put('message', scope, id, { ...message, seq, author: tx.personId, rev: 0, likes: [] });
  if (seq !== null) tx.put('head', scope, thread, { last: seq });
}

interface Place {
  thread: string;
}
const inThread = ({ thread }: Place) => threadScope(thread);
const writesThread = ({ thread }: Place) => ({ write: [threadScope(thread)] });

function mutator<Args extends object>(
  definition: Pick<Mutator<Tables, Args>, 'name' | 'lane' | 'scopes' | 'run'> & Partial<Mutator<Tables, Args>>,
): Mutator<Tables, Args> {
  return {
    version: 1,
    args: {
      parse(args) {
        if (typeof args !== 'object' || args === null) throw new TypeError('These are no arguments.');
        return args as Args;
      },
    },
    ...definition,
  };
}

export interface SendArgs extends Place {
  id: string;
  text: string;
}

const sendFirst = mutator<SendArgs>({
  name: 'send',
  lane: inThread,
  scopes: writesThread,
  async run(tx, { thread, id, text }) {
    await mustTakePart(tx, thread);
    await append(tx, thread, id, { text });
  },
});

const send = mutator<SendArgs & { tag: string }>({
  name: 'send',
  version: 2,
  former: [sendFirst],
  lane: inThread,
  scopes: writesThread,
  async run(tx, { thread, id, text, tag }) {
    await mustTakePart(tx, thread);
    await append(tx, thread, id, { text, tag });
  },
});

const edit = mutator<SendArgs>({
  name: 'edit',
  lane: inThread,
  scopes: writesThread,
  async run(tx, { thread, id, text }) {
    const message = await mustFindMessage(tx, thread, id);
    if (message.author !== tx.personId) throw new Refusal('forbidden', 'Only its author can edit a message.');
    tx.put('message', threadScope(thread), id, { ...message, text, rev: message.rev + 1 });
  },
});

const like = mutator<Place & { id: string; on: boolean }>({
  name: 'like',
  lane: inThread,
  scopes: writesThread,
  async run(tx, { thread, id, on }) {
    const message = await mustFindMessage(tx, thread, id);
    if (message.likes.includes(tx.personId) === on) return;
    const others = message.likes.filter((person) => person !== tx.personId);
    const likes = on ? [...others, tx.personId] : others;
    tx.put('message', threadScope(thread), id, { ...message, likes, rev: message.rev + 1 });
  },
});

const pin = mutator<Place & { id: string; on: boolean }>({
  name: 'pin',
  lane: inThread,
  scopes: writesThread,
  async run(tx, { thread, id, on }) {
    await mustTakePart(tx, thread);
    if (on) tx.put('pin', threadScope(thread), id, { by: tx.personId });
    else if (await tx.get('pin', threadScope(thread), id)) tx.remove('pin', threadScope(thread), id);
  },
});

const count = mutator<Place & { token: string }>({
  name: 'count',
  lane: inThread,
  scopes: writesThread,
  async run(tx, { thread, token }) {
    await mustTakePart(tx, thread);
    const tokens = (await tx.get('tally', threadScope(thread), 'tally'))?.tokens ?? [];
    tx.put('tally', threadScope(thread), 'tally', { tokens: [...tokens, token] });
  },
});

const read = mutator<Place & { seq: number }>({
  name: 'read',
  silent: true,
  lane: (_args, personId) => userScope(personId),
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { thread, seq }) {
    await mustTakePart(tx, thread);
    const scope = userScope(tx.personId);
    if (((await tx.get('position', scope, thread))?.seq ?? 0) < seq) tx.put('position', scope, thread, { seq });
  },
});

const type = mutator<Place & { text: string }>({
  name: 'type',
  lane: (_args, personId) => `${userScope(personId)}-drafts`,
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { thread, text }) {
    await mustTakePart(tx, thread);
    const scope = userScope(tx.personId);
    tx.put('draft', scope, thread, { text: ((await tx.get('draft', scope, thread))?.text ?? '') + text });
  },
  join: (earlier, later) =>
    earlier.thread === later.thread ? { thread: earlier.thread, text: earlier.text + later.text } : undefined,
});

const start = mutator<Place & { people: string[] }>({
  name: 'start',
  lane: inThread,
  scopes: ({ thread, people }) => ({
    create: [threadScope(thread), peopleScope(thread)],
    write: people.map(userScope),
  }),
  async run(tx, { thread, people }) {
    tx.put('head', threadScope(thread), thread, { last: 0 });
    for (const person of people) {
      tx.put('participant', peopleScope(thread), person, { active: true });
      tx.put('membership', userScope(person), thread, { active: true, epoch: 1 });
    }
  },
});

interface Invitation extends Place {
  person: string;
  /** Of the message that says so. */
  id: string;
}

const changesMembers = ({ thread, person }: Invitation) => ({
  write: [threadScope(thread), peopleScope(thread), userScope(person)],
});

const invite = mutator<Invitation>({
  name: 'invite',
  lane: inThread,
  scopes: changesMembers,
  async run(tx, { thread, person, id }) {
    await mustTakePart(tx, thread);
    const before = await tx.get('membership', userScope(person), thread);
    if (before?.active || (await tx.get('participant', peopleScope(thread), person))?.active) return;
    tx.put('participant', peopleScope(thread), person, { active: true });
    tx.put('membership', userScope(person), thread, { active: true, epoch: (before?.epoch ?? 0) + 1 });
    await append(tx, thread, id, { text: `${person} comes` });
  },
});

const remove = mutator<Invitation>({
  name: 'remove',
  lane: inThread,
  scopes: changesMembers,
  async run(tx, { thread, person, id }) {
    await mustTakePart(tx, thread);
    const participant = await tx.get('participant', peopleScope(thread), person);
    const before = await tx.get('membership', userScope(person), thread);
    if (!participant?.active) return;
    tx.put('participant', peopleScope(thread), person, { active: false });
    // On the client the rows of another person are not there to be seen.
    tx.put('membership', userScope(person), thread, { active: false, epoch: before?.epoch ?? 1 });
    await append(tx, thread, id, { text: `${person} goes` });
  },
});

export const mutators = { send, edit, like, pin, count, read, type, start, invite, remove };
/** Those of the release before. */
export const firstMutators = { ...mutators, send: sendFirst as Mutator<Tables, SendArgs & { tag: string }> };
export type Mutators = typeof mutators;
