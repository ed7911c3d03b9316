/** What must be true once everything is quiet: nothing lost, nothing doubled, everything in its order. */
import type { ScopeId } from '../../mutator.ts';
import type { PullResponse } from '../../protocol.ts';
import { checksum } from '../../checksum.ts';
import { typedIn, type Composed } from './ledger.ts';
import { judgeSecrets } from './secrets.ts';
import {
  notesScope,
  ORGS,
  othersNotes,
  pagedTable,
  threadScope,
  userScope,
  type MessageRow,
  type NoteRow,
} from './program.ts';
import { readableScopes } from './settled.ts';
import type { Device, World } from './world.ts';

export function judge(world: World): void {
  const there = world.ledger.there(world.database);
  const queues = world.devices.map((device) => ({ device, queued: world.queued(device.profile) }));
  for (const composed of world.ledger.composed.values()) {
    // Two copies of one profile that both go on typing at one waiting act make one act of it.
    const isShared = composed.kind === 'typed' && world.wasCloned;
    if (composed.excuse === null && !isShared) judgeComposed(world, composed, there.has(composed.id), queues);
  }
  for (const thread of world.threads()) judgeThread(world, thread);
  judgeSecrets(world);
  judgeDrafts(world);
  for (const device of world.devices) judgeQueue(world, device);
}

/** Of what waits for something else, and of what may be told. */
function judgeQueue(world: World, { profile, tabs, personId }: Device): void {
  const items = profile.outbox?.inOrder() ?? [];
  for (const { after = [], n, state, code } of items) {
    if (after.length > 0) world.tally.rule('DEP1');
    if (state === 'waiting' && n === 0) world.tally.rule('DEP2');
    if (code === 'orphaned') world.tally.rule('DEP4');
  }
  for (const { engine, tab } of tabs) {
    const { waiting } = engine.status();
    const counted = engine
      .items()
      .filter(({ state, name }) => state === 'waiting' && name !== 'type' && name !== 'read');
    if (waiting !== counted.length) world.fail('JOIN3', `${tab.name} says that ${waiting} wait, not ${counted.length}`);
    world.tally.rule('JOIN3');
    world.tally.rule('LOG1');
    if (/words of|draft of|secret of|edited/.test(JSON.stringify(engine.events())))
      world.fail('LOG1', `${tab.name} tells too much`);
  }
  const readable = readableScopes(world, personId);
  for (const thread of world.threads()) {
    if (!readable.includes(threadScope(thread)) && world.lostAt.has(`${personId} ${threadScope(thread)}`)) {
      world.tally.rule('CLI10');
    }
  }
}

type Queues = { device: Device; queued: ReturnType<World['queued']> }[];

/** In exactly one of server, outbox and dead letters, and under its author. */
function judgeComposed(world: World, composed: Composed, isThere: boolean, queues: Queues): void {
  const { id, author, scope, state, draft } = composed;
  const copies = queues.flatMap(({ device, queued }) => (queued.get(id) ?? []).map((item) => ({ device, item })));
  const strange = copies.find(({ device }) => device.personId !== author);
  if (strange) return world.fail('ACC1', `${id} of ${author} lies in the queue of ${strange.device.name}`);
  if (isThere && composed.kind === 'message') {
    const message = world.database.row(pagedTable(scope), scope, id);
    if (message?.author !== author) world.fail('PUSH8', `${id} of ${author} is by ${message?.author}`);
  }
  // The server no longer knew what became of it, or it came there by another way: the person is told so.
  const doubts = copies.every(({ item }) => item.code === 'unknown' || item.code === 'id_taken');
  const isTwice = isThere && copies.length > 0 && !doubts && !composed.cloned && !world.ledger.outlived.has(id);
  if (isTwice) return world.fail('PUSH1', `${id} is there, and in the queue as ${JSON.stringify(copies[0]?.item)}`);
  if (copies.length > 1 && !composed.cloned) world.fail('PUSH1', `${id} is in the queue ${copies.length} times`);
  if (isThere || copies.length > 0) {
    const own = queues.find(({ device }) => device.name === composed.device);
    const isDoubtful = own?.device.profile.hasLostAnswers === true;
    if (state === 'unsafe' && !isDoubtful) world.fail('CLI11', `${id} was refused by the disk and is there`);
    return;
  }
  if (state === 'saved') return world.fail('CLI3', `${id} by ${author} in ${composed.device} is nowhere`);
  if (draft === null || state !== 'saving') return;
  const device = queues.find(({ device }) => device.name === composed.device)?.device;
  if (device?.profile.outbox?.drafts.has(draft)) world.tally.rule('CLI6');
  else world.fail('CLI6', `${id} is nowhere, and neither is its draft`);
}

function judgeThread(world: World, thread: string): void {
  const messages = judgeWords(world, threadScope(thread));
  judgeOrder(world, messages, 'CLI4');
  for (const org of ORGS) {
    const notes = judgeWords(world, notesScope(thread, org));
    const placed = [
      ...messages.map((message) => ({ ...message, after: message.seq })),
      ...notes.map((note) => ({ ...note, after: (note.data as NoteRow).afterSeq + 0.5 })),
    ];
    if (notes.length > 0) world.tally.rule('NOTE2', notes.length);
    judgeOrder(
      world,
      placed.sort((a, b) => a.after - b.after || a.seq - b.seq),
      'NOTE2',
    );
  }
  const tokens = world.database.row('tally', threadScope(thread), 'tally')?.tokens ?? [];
  if (hasTwice(world, tokens)) world.fail('PUSH1', `a count in ${thread} was done twice: ${tokens.join()}`);
}

interface Written {
  id: string;
  seq: number;
  data: MessageRow;
}

/** @returns what was written in a thread or among notes, by place */
function judgeWords(world: World, scope: ScopeId): Written[] {
  const written = world.database
    .liveRows(scope)
    .flatMap(({ table, id, seq, data }) =>
      table === pagedTable(scope) ? [{ id, seq: seq ?? 0, data: data as MessageRow }] : [],
    )
    .sort((a, b) => a.seq - b.seq);
  written.forEach(({ id, seq, data: { text, rev } }, index) => {
    if (seq !== index + 1) world.fail('CUR5', `${id} in ${scope} has place ${seq}, not ${index + 1}`);
    const isComposed = world.ledger.composed.has(id);
    if (!isComposed && /^(words|draft|secret of \S+ by (?!nobody))/.test(text))
      world.fail('PUSH8', `nobody wrote ${id}`);
    if (isComposed && rev === 0 && !text.endsWith(` ${id}`)) world.fail('PUSH8', `${id} in ${scope} says ${text}`);
  });
  return written;
}

/** What one tab wrote one after the other is read in this order. */
function judgeOrder(world: World, written: readonly Written[], rule: string): void {
  const last = new Map<string, number>();
  for (const { id } of written) {
    const composed = world.ledger.composed.get(id);
    if (!composed || composed.order === null) continue;
    // What a backup took away, or its tab threw away before, the other copy of its profile may bring back much later.
    if (composed.cloned && world.restored && composed.excuse !== null) continue;
    const before = last.get(composed.tab) ?? -1;
    if (composed.order < before) world.fail(rule, `${id} in ${composed.scope} comes after what was written later`);
    last.set(composed.tab, composed.order);
  }
}

function judgeDrafts(world: World): void {
  for (const person of world.people) {
    for (const { table, id, data } of world.database.liveRows(userScope(person))) {
      const typed = table === 'draft' && data && 'text' in data ? typedIn(String(data.text)) : [];
      if (hasTwice(world, typed)) world.fail('JOIN2', `${person} typed twice in ${id}: ${typed.join()}`);
    }
  }
}

function hasTwice({ ledger }: World, ids: readonly string[]): boolean {
  const judged = ids.filter((id) => !ledger.outlived.has(id));
  return new Set(judged).size < judged.length;
}

/** What a client gets that starts from nothing is what there is, and every device's sums agree with it. */
export async function compareWithBootstrap(world: World): Promise<void> {
  const [api] = world.liveApis();
  if (!api) return;
  const incarnation = world.database.incarnation;
  for (const device of world.devices) {
    const { personId, profile } = device;
    const caller = { protocol: 2, schema: 2, personId, clientId: world.newId('fresh'), incarnation };
    const readable = readableScopes(world, personId);
    const notes = world.hasNotes ? world.threads().flatMap((thread) => othersNotes(thread, undefined)) : [];
    const scopes = [...new Set([...readable, ...notes])].map((scope) => ({
      scope,
      from: null,
      epoch: null,
      window: 500,
    }));
    const { answers }: PullResponse = await api.server.pull(personId, { ...caller, scopes });
    for (const answer of answers) {
      const { scope } = answer;
      if (!readable.includes(scope)) {
        if (answer.kind !== 'forbidden') return world.fail('NOTE1', `${personId} is answered about ${scope}`);
        continue;
      }
      if (answer.kind === 'reset' || answer.kind === 'forbidden')
        return world.fail('PULL1', `${scope}: ${answer.kind}`);
      const rows = new Map(world.database.liveRows(scope).map((row) => [`${row.table} ${row.id}`, row]));
      const isWhole = answer.kind === 'truncated' || !answer.more;
      if (isWhole && rows.size !== answer.rows.length) world.fail('PULL1', `${scope} has ${rows.size} rows`);
      for (const [table, id, version] of answer.rows) {
        if (rows.get(`${table} ${id}`)?.version !== version) world.fail('PULL1', `${table} ${id} of ${scope}`);
      }
      world.tally.rule('PULL1');
      const held = profile.cache?.scopes.get(scope);
      if (!held || device.tabs.some(({ engine }) => engine.status().storage !== 'disk')) continue;
      const stored = [...(profile.cache?.rows.get(scope)?.values() ?? [])];
      const sum = checksum(stored.map((row) => [row.table, row.id, row.version] as const));
      const { version, epoch, low } = held;
      const verdict = await api.server.audit(personId, { ...caller, scope, version, epoch, low, ...sum });
      if (verdict.kind !== 'agrees') world.fail('AUD1', `${scope} in ${device.name}: ${verdict.kind}`);
      world.tally.rule('AUD1');
    }
  }
}
