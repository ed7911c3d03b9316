/** What people can do in the simulated messenger. */
import { Refusal, type Mutator, type MutatorTx } from '../../mutator.ts';
import {
  notesScope,
  pagedTable,
  peopleScope,
  threadScope,
  userScope,
  type MessageRow,
  type NoteRow,
  type Tables,
} from './program.ts';

type Tx = MutatorTx<Tables>;

interface Place {
  thread: string;
}
/** Among the notes of an organisation. */
interface NotePlace extends Place {
  org: string;
}
/** Where messages lie: among all who take part in a thread, or among those who act for one organisation in it. */
type Shelf = Place & { org?: string };

const scopeOf = ({ thread, org }: Shelf) => (org === undefined ? threadScope(thread) : notesScope(thread, org));

async function mustTakePart(tx: Tx, { thread, org }: Shelf): Promise<void> {
  const membership = await tx.get('membership', userScope(tx.personId), thread);
  const isIn = membership?.active === true && (org === undefined || membership.org === org);
  if (!isIn) throw new Refusal('not_found', 'This thread is not there.');
}

async function mustFindMessage(tx: Tx, shelf: Shelf, id: string): Promise<MessageRow | NoteRow> {
  await mustTakePart(tx, shelf);
  const scope = scopeOf(shelf);
  const message = await tx.get(pagedTable(scope), scope, id);
  if (!message) throw new Refusal('not_found', 'This message is not there.');
  return message;
}

type Words = Pick<MessageRow, 'text' | 'tag'> & Partial<Pick<NoteRow, 'afterSeq'>>;

async function append(tx: Tx, shelf: Shelf, id: string, words: Words): Promise<void> {
  const scope = scopeOf(shelf);
  const table = pagedTable(scope);
  if (await tx.get(table, scope, id)) throw new Refusal('id_taken', 'This message is there already.');
  const seq = tx.nextSeq(scope);
  tx.put(table, scope, id, { ...words, seq, author: tx.personId, rev: 0, likes: [] });
  if (seq !== null) tx.put(table === 'note' ? 'noteHead' : 'head', scope, shelf.thread, { last: seq });
}

async function reword(tx: Tx, shelf: Shelf, id: string, text: string): Promise<void> {
  const message = await mustFindMessage(tx, shelf, id);
  if (message.author !== tx.personId) throw new Refusal('forbidden', 'Only its author can change a message.');
  const scope = scopeOf(shelf);
  tx.put(pagedTable(scope), scope, id, { ...message, text, rev: message.rev + 1 });
}

const inThread = ({ thread }: Place) => threadScope(thread);
const writesThread = ({ thread }: Place) => ({ write: [threadScope(thread)] });
const writesNotes = (place: NotePlace) => ({ write: [], ensure: [scopeOf(place)] });

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
    await mustTakePart(tx, { thread });
    await append(tx, { thread }, id, { text });
  },
});

const send = mutator<SendArgs & { tag: string }>({
  name: 'send',
  version: 2,
  former: [sendFirst],
  lane: inThread,
  scopes: writesThread,
  async run(tx, { thread, id, text, tag }) {
    await mustTakePart(tx, { thread });
    await append(tx, { thread }, id, { text, tag });
  },
});

const edit = mutator<SendArgs>({
  name: 'edit',
  lane: inThread,
  scopes: writesThread,
  run: (tx, { thread, id, text }) => reword(tx, { thread }, id, text),
});

const like = mutator<Place & { id: string; on: boolean }>({
  name: 'like',
  lane: inThread,
  scopes: writesThread,
  async run(tx, { thread, id, on }) {
    const message = await mustFindMessage(tx, { thread }, id);
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
    await mustTakePart(tx, { thread });
    if (on) tx.put('pin', threadScope(thread), id, { by: tx.personId });
    else if (await tx.get('pin', threadScope(thread), id)) tx.remove('pin', threadScope(thread), id);
  },
});

const count = mutator<Place & { token: string }>({
  name: 'count',
  lane: inThread,
  scopes: writesThread,
  async run(tx, { thread, token }) {
    await mustTakePart(tx, { thread });
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
    await mustTakePart(tx, { thread });
    const scope = userScope(tx.personId);
    if (((await tx.get('position', scope, thread))?.seq ?? 0) < seq) tx.put('position', scope, thread, { seq });
  },
});

const type = mutator<Place & { text: string }>({
  name: 'type',
  lane: (_args, personId) => `${userScope(personId)}-drafts`,
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { thread, text }) {
    await mustTakePart(tx, { thread });
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

/** Whom somebody acts for, if for anybody. */
const forOrg = (org: string | undefined) => (org === undefined ? {} : { org });

interface Invitation extends Place {
  person: string;
  org?: string | undefined;
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
  async run(tx, { thread, person, id, org }) {
    await mustTakePart(tx, { thread });
    const before = await tx.get('membership', userScope(person), thread);
    if (before?.active || (await tx.get('participant', peopleScope(thread), person))?.active) return;
    tx.put('participant', peopleScope(thread), person, { active: true, ...forOrg(org) });
    tx.put('membership', userScope(person), thread, { active: true, epoch: (before?.epoch ?? 0) + 1, ...forOrg(org) });
    await append(tx, { thread }, id, { text: `${person} comes` });
  },
});

const remove = mutator<Invitation>({
  name: 'remove',
  lane: inThread,
  scopes: changesMembers,
  async run(tx, { thread, person, id }) {
    await mustTakePart(tx, { thread });
    const participant = await tx.get('participant', peopleScope(thread), person);
    const before = await tx.get('membership', userScope(person), thread);
    if (!participant?.active) return;
    tx.put('participant', peopleScope(thread), person, { active: false });
    // On the client the rows of another person are not there to be seen.
    tx.put('membership', userScope(person), thread, { active: false, epoch: before?.epoch ?? 1 });
    await append(tx, { thread }, id, { text: `${person} goes` });
  },
});

/** From then on somebody takes part for another organisation, or for none. */
const actFor = mutator<Omit<Invitation, 'id'>>({
  name: 'actFor',
  lane: inThread,
  scopes: ({ thread, person }) => ({
    write: [peopleScope(thread), userScope(person)],
    lock: [threadScope(thread)],
  }),
  async run(tx, { thread, person, org }) {
    await mustTakePart(tx, { thread });
    const participant = await tx.get('participant', peopleScope(thread), person);
    const before = await tx.get('membership', userScope(person), thread);
    if (!participant?.active || participant.org === org) return;
    tx.put('participant', peopleScope(thread), person, { active: true, ...forOrg(org) });
    tx.put('membership', userScope(person), thread, { active: true, epoch: (before?.epoch ?? 0) + 1, ...forOrg(org) });
  },
});

const sendNote = mutator<NotePlace & SendArgs>({
  name: 'sendNote',
  lane: inThread,
  // Held, so that no message comes between it and the one it stands after.
  scopes: (place) => ({ ...writesNotes(place), lock: [threadScope(place.thread)] }),
  async run(tx, { thread, org, id, text }) {
    await mustTakePart(tx, { thread, org });
    const head = await tx.get('head', threadScope(thread), thread);
    await append(tx, { thread, org }, id, { text, afterSeq: head?.last ?? 0 });
  },
});

const editNote = mutator<NotePlace & SendArgs>({
  name: 'editNote',
  lane: inThread,
  scopes: writesNotes,
  run: (tx, { thread, org, id, text }) => reword(tx, { thread, org }, id, text),
});

const deleteNote = mutator<NotePlace & { id: string }>({
  name: 'deleteNote',
  lane: inThread,
  scopes: writesNotes,
  run: (tx, { thread, org, id }) => reword(tx, { thread, org }, id, ''),
});

export const mutators = {
  send,
  edit,
  like,
  pin,
  count,
  read,
  type,
  start,
  invite,
  remove,
  actFor,
  sendNote,
  editNote,
  deleteNote,
};
/** Those of the release before. */
export const firstMutators = { ...mutators, send: sendFirst as Mutator<Tables, SendArgs & { tag: string }> };
export type Mutators = typeof mutators;
