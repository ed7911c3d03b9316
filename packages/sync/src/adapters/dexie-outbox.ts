/** The strict half of the disk: what a person did, in which order, until the server has it. A resolved write survives a power cut. */
import { Dexie, type Table } from 'dexie';
import {
  DISCARDED,
  JOINED_KEPT,
  type JoinArgs,
  type NewItem,
  type OutboxHandle,
  type OutboxItem,
} from '../client/ports.ts';
import { hasPlace } from '../client/pusher.ts';
import { known, leaderOf, mustLead, openedWith, type Meta } from './dexie-database.ts';

/** Characters: enough that a disk without room refuses them. */
const PROBE_LENGTH = 16_000;

export const outboxName = (personId: string) => `parley-outbox-${personId}`;

export class OutboxDatabase extends Dexie {
  declare items: Table<OutboxItem, string>;
  declare lanes: Table<{ lane: string; lastN: number }, string>;
  declare drafts: Table<{ key: string; text: string }, string>;
  declare meta: Table<Meta, string>;

  constructor(name: string) {
    super(name, { chromeTransactionDurability: 'strict' });
    this.version(1).stores({ items: 'id, &order, lane', lanes: 'lane', drafts: 'key', meta: 'key' });
  }
}

export async function openOutbox(outbox: OutboxDatabase, newId: () => string, lost: () => void): Promise<OutboxHandle> {
  await openedWith(outbox, lost);
  const outboxTables = [outbox.items, outbox.lanes, outbox.drafts, outbox.meta];
  const items = () => outbox.items.orderBy('order').toArray();
  const currentClient = () => known(outbox.meta, 'clientId', newId);
  const read = async () => {
    const [client, queued, drafts] = await Promise.all([currentClient(), items(), outbox.drafts.toArray()]);
    return {
      clientId: client,
      items: queued,
      drafts: Object.fromEntries(drafts.map(({ key, text }) => [key, text])),
    };
  };

  return {
    clientId: await currentClient(),
    read,
    raiseLead: (before) =>
      outbox.transaction('rw', outbox.meta, outbox.items, async () => {
        const epoch = 1 + Math.max(before, await leaderOf(outbox.meta));
        await outbox.meta.put({ key: 'leader', value: String(epoch) });
        return { epoch, clientId: await currentClient(), items: await items() };
      }),
    probe: () =>
      outbox.transaction('rw', outbox.meta, async () => {
        await outbox.meta.put({ key: 'probe', value: ' '.repeat(PROBE_LENGTH) });
        await outbox.meta.delete('probe');
      }),
    restore: (queued, drafts) =>
      outbox.transaction('rw', outboxTables, async () => {
        const ids = queued.map(({ id }) => id);
        const there = await outbox.items.bulkGet(ids);
        const lacking = queued.filter((_item, index) => !there[index]);
        // What was done in this database so far was done after all that it lacks.
        const last = Math.max(0, ...queued.map(({ order }) => order));
        const later = lacking.length > 0 ? (await items()).filter(({ id }) => !ids.includes(id)) : [];
        for (const item of later) await outbox.items.put({ ...item, order: await nextOrder(outbox, last) });
        await outbox.items.bulkPut(lacking);
        for (const [key, text] of Object.entries(drafts)) {
          if (!(await outbox.drafts.get(key))) await outbox.drafts.put({ key, text });
        }
        return read();
      }),

    items,
    enqueue: (item, clearedDraft, join) =>
      outbox.transaction('rw', outboxTables, async () => {
        const cleared = clearedDraft === null ? undefined : outbox.drafts.delete(clearedDraft);
        const [done, place] = await Promise.all([outbox.items.get(item.id), placeFor(outbox, item), cleared]);
        if (done) return done;
        if (!join) return added(outbox, item, place);
        const key = `joined ${item.lane}`;
        const before = (await outbox.meta.get(key))?.value.split(' ') ?? [];
        const joined = await joinEarlier(outbox, item, join, before);
        if (joined) await outbox.meta.put({ key, value: [...before, item.id].slice(-JOINED_KEPT).join(' ') });
        if (joined || before.includes(item.id)) return joined;
        return added(outbox, item, place);
      }),
    replace: (id, item) =>
      outbox.transaction('rw', outboxTables, async () => {
        const done = await outbox.items.get(item.id);
        if (done) return [done];
        const stored = await added(outbox, item, await placeFor(outbox, item));
        await outbox.items.delete(id);
        const dependents = await outbox.items.filter(({ after }) => after?.includes(id) === true).toArray();
        const follow = (after: string[] = []) => after.map((other) => (other === id ? item.id : other));
        await outbox.items.bulkPut(dependents.map((other) => ({ ...other, after: follow(other.after) })));
        return [stored, ...(await move(outbox))];
      }),
    discard: (id, orphaned) =>
      outbox.transaction('rw', outboxTables, async () => {
        const item = await outbox.items.get(id);
        if (!item) return [];
        if (item.state === 'applied') return [item];
        const { after: _, heldUntil: __, ...rest } = item;
        const standIn = hasPlace(item) ? [{ ...rest, name: DISCARDED, args: null }] : [];
        await outbox.items.delete(id);
        const dependents = await outbox.items
          .filter(({ state, after }) => state === 'waiting' && after?.includes(id) === true)
          .toArray();
        const orphans = dependents.map(({ heldUntil: ___, ...other }) => ({
          ...other,
          ...orphaned,
          state: 'failed' as const,
        }));
        await outbox.items.bulkPut([...standIn, ...orphans]);
        return [...standIn, ...orphans, ...(await move(outbox))];
      }),
    seal: (ids) =>
      outbox.transaction('rw', outbox.items, async () => {
        await outbox.items.where('id').anyOf(ids).modify({ sealed: true });
        return outbox.items.where('id').anyOf(ids).toArray();
      }),
    release: (ids) =>
      outbox.transaction('rw', outboxTables, async () => {
        const due: OutboxItem[] = [];
        for (const id of ids) {
          const item = await heldItem(outbox, id);
          if (item) due.push(item);
        }
        await outbox.items.bulkPut(due);
        const moved = await move(outbox);
        return [...due.filter(({ id }) => !moved.some((other) => other.id === id)), ...moved];
      }),
    withdraw: (id, code) =>
      outbox.transaction('rw', outboxTables, async () => {
        const item = await heldItem(outbox, id);
        // Where the answer was lost it is asked once more.
        const done = item ? undefined : await outbox.items.get(id);
        if (!item) return done?.state === 'failed' && done.code === code ? done : undefined;
        const withdrawn: OutboxItem = { ...item, state: 'failed', code };
        await outbox.items.put(withdrawn);
        return withdrawn;
      }),
    updateItems: (changed) =>
      outbox.transaction('rw', outboxTables, async () => {
        for (const item of changed) await outbox.items.update(item.id, { ...item });
        return changed.some(({ state }) => state === 'failed') ? move(outbox) : [];
      }),
    removeItems: async (ids) => {
      if (ids.length > 0) await outbox.items.bulkDelete([...ids]);
    },
    renumber: (lane, expected, epoch) =>
      outbox.transaction('rw', outboxTables, async () => {
        await mustLead(outbox.meta, epoch);
        const client = await currentClient();
        const queued = (await items()).filter((item) => item.lane === lane && hasPlace(item));
        const numbered = queued.map((item, index) => ({ ...item, n: expected + index, client }));
        await outbox.items.bulkPut(numbered);
        await outbox.lanes.put({ lane, lastN: expected + numbered.length - 1 });
        return numbered;
      }),
    newClient: (epoch) =>
      outbox.transaction('rw', outboxTables, async () => {
        await mustLead(outbox.meta, epoch);
        const clientId = newId();
        await outbox.meta.put({ key: 'clientId', value: clientId });
        await outbox.lanes.clear();
        const lastN = new Map<string, number>();
        const numbered = (await items()).map((item) => {
          if (!hasPlace(item)) return item;
          const n = (lastN.get(item.lane) ?? 0) + 1;
          lastN.set(item.lane, n);
          return { ...item, n, client: clientId };
        });
        await outbox.items.bulkPut(numbered);
        await outbox.lanes.bulkPut(Array.from(lastN, ([lane, n]) => ({ lane, lastN: n })));
        return { clientId, items: numbered };
      }),
    async saveDraft(key, text) {
      if (text === '') await outbox.drafts.delete(key);
      else await outbox.drafts.put({ key, text });
    },
    close: () => outbox.close(),
  };
}

async function joinEarlier(
  outbox: OutboxDatabase,
  item: NewItem,
  join: JoinArgs,
  before: readonly string[],
): Promise<OutboxItem | undefined> {
  const { id, lane, name, version, at } = item;
  const queued = await outbox.items.where('lane').equals(lane).sortBy('order');
  for (const earlier of queued.reverse()) {
    if (earlier.joined === id) return earlier;
    const isOpen = earlier.state === 'waiting' && !earlier.sealed && !before.includes(id);
    const args = isOpen && earlier.name === name && earlier.version === version ? join(earlier.args) : undefined;
    if (args === undefined) continue;
    const joined = { ...earlier, args, at, joined: id };
    await outbox.items.put(joined);
    return joined;
  }
  return undefined;
}

/** The last place that was given in the whole queue. */
async function lastOrder({ items, meta }: OutboxDatabase): Promise<number> {
  const [last, used] = await Promise.all([items.orderBy('order').last(), meta.get('lastOrder')]);
  return Math.max(last?.order ?? 0, Number(used?.value ?? 0));
}

/** The place behind the last one of a lane, for the client of this outbox. */
async function endOf({ lanes, meta }: OutboxDatabase, lane: string): Promise<Pick<OutboxItem, 'n' | 'client'>> {
  const [held, client] = await Promise.all([lanes.get(lane), meta.get('clientId')]);
  return { n: (held?.lastN ?? 0) + 1, ...(client && { client: client.value }) };
}

/** The next place in the whole queue, behind `least` too. Inside a transaction over the outbox. */
async function nextOrder(outbox: OutboxDatabase, least = 0): Promise<number> {
  const order = Math.max(least, await lastOrder(outbox)) + 1;
  await outbox.meta.put({ key: 'lastOrder', value: String(order) });
  return order;
}

/** The next place in a lane. Inside a transaction over the outbox. */
async function nextInLane(outbox: OutboxDatabase, lane: string) {
  const place = await endOf(outbox, lane);
  await outbox.lanes.put({ lane, lastN: place.n });
  return place;
}

/** An item that is still held, without its hold. */
async function heldItem({ items }: OutboxDatabase, id: string): Promise<OutboxItem | undefined> {
  const found = await items.get(id);
  if (found?.heldUntil === undefined || found.state !== 'waiting') return undefined;
  const { heldUntil: _, ...item } = found;
  return item;
}

/** Whether what depends on it has to wait. */
const holdsUp = (item: OutboxItem | undefined): boolean =>
  item !== undefined && (item.state === 'failed' || (item.state === 'waiting' && item.n === 0));

type Place = Pick<OutboxItem, 'order' | 'n' | 'client'>;

/** Where a new item is to stand. Asked for at once: each answer of the disk is one more wait before a message goes out. */
async function placeFor(outbox: OutboxDatabase, item: NewItem): Promise<Place> {
  const [parents, last, end] = await Promise.all([
    outbox.items.bulkGet(item.after ?? []),
    lastOrder(outbox),
    endOf(outbox, item.lane),
  ]);
  const waitsOutside = item.heldUntil !== undefined || parents.some(holdsUp);
  return { order: last + 1, ...(waitsOutside ? { n: 0 } : end) };
}

/** Inside a transaction over the outbox. */
async function added(outbox: OutboxDatabase, item: NewItem, place: Place): Promise<OutboxItem> {
  const { order, n } = place;
  const stored: OutboxItem = { ...item, ...place, state: 'waiting', effects: [], code: null, message: null };
  await Promise.all([
    outbox.meta.put({ key: 'lastOrder', value: String(order) }),
    n > 0 && outbox.lanes.put({ lane: item.lane, lastN: n }),
    outbox.items.add(stored),
  ]);
  return stored;
}

/**
 * Takes out of its lane whatever depends on an item that is outside its own, and gives a place at the end to whatever is
 * held up no more, behind what it depends on. Returns what has moved. Inside a transaction over the outbox.
 */
async function move(outbox: OutboxDatabase): Promise<OutboxItem[]> {
  const queued = await outbox.items.orderBy('order').toArray();
  const byId = new Map(queued.map((item) => [item.id, item]));
  const seen = new Set<OutboxItem>();
  const moved: OutboxItem[] = [];
  const look = async (item: OutboxItem) => {
    if (seen.has(item) || item.state !== 'waiting' || item.heldUntil !== undefined) return;
    seen.add(item);
    const parents = (item.after ?? []).flatMap((id) => byId.get(id) ?? []);
    for (const parent of parents) await look(parent);
    const isHeldUp = parents.some(holdsUp);
    if (isHeldUp === (item.n === 0)) return;
    // What follows in the lane closes up when the server says `gap`.
    if (isHeldUp) item.n = 0;
    else Object.assign(item, { order: await nextOrder(outbox) }, await nextInLane(outbox, item.lane));
    await outbox.items.put(item);
    moved.push(item);
  };
  for (const item of queued) await look(item);
  return moved;
}
