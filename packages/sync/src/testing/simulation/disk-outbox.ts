/** The outbox of a profile: the same transactions as those of the adapter that ships, over plain maps. */
import {
  DISCARDED,
  Fenced,
  JOINED_KEPT,
  type JoinArgs,
  type NewItem,
  type OutboxHandle,
  type OutboxItem,
  type StoredOutbox,
} from '../../client/ports.ts';
import { copy } from './copy.ts';

export class OutboxDatabase {
  clientId: string;
  readonly items = new Map<string, OutboxItem>();
  readonly lanes = new Map<string, number>();
  /** Acts that were last joined, by lane. */
  readonly joined = new Map<string, readonly string[]>();
  readonly drafts = new Map<string, string>();
  leader = 0;
  lastOrder = 0;

  constructor(clientId: string) {
    this.clientId = clientId;
  }

  inOrder(): OutboxItem[] {
    return [...this.items.values()].sort((a, b) => a.order - b.order);
  }

  put(item: OutboxItem): OutboxItem {
    this.items.set(item.id, item);
    return item;
  }

  nextOrder(): number {
    this.lastOrder = Math.max(this.lastOrder, ...Array.from(this.items.values(), ({ order }) => order)) + 1;
    return this.lastOrder;
  }

  nextInLane(lane: string): Pick<OutboxItem, 'n' | 'client'> {
    const n = (this.lanes.get(lane) ?? 0) + 1;
    this.lanes.set(lane, n);
    return { n, client: this.clientId };
  }

  add(item: NewItem): OutboxItem {
    const after = (item.after ?? []).map((id) => this.items.get(id));
    const waitsOutside = item.heldUntil !== undefined || after.some(holdsUp);
    return this.put({
      ...item,
      order: this.nextOrder(),
      ...(waitsOutside ? { n: 0 } : this.nextInLane(item.lane)),
      state: 'waiting',
      effects: [],
      code: null,
      message: null,
    });
  }

  /** An item that is still held, without its hold. */
  held(id: string): OutboxItem | undefined {
    const item = this.items.get(id);
    if (item?.heldUntil === undefined || item.state !== 'waiting') return undefined;
    const { heldUntil: _, ...rest } = item;
    return rest;
  }

  /** Out of their lanes goes what depends on something outside of its own; back in goes what is held up no more. */
  move(): OutboxItem[] {
    const seen = new Set<string>();
    const moved: OutboxItem[] = [];
    const look = (id: string) => {
      const item = this.items.get(id);
      if (!item || seen.has(id) || item.state !== 'waiting' || item.heldUntil !== undefined) return;
      seen.add(id);
      for (const parent of item.after ?? []) look(parent);
      const isHeldUp = (item.after ?? []).some((parent) => holdsUp(this.items.get(parent)));
      if (isHeldUp === (item.n === 0)) return;
      const placed = isHeldUp ? { n: 0 } : { order: this.nextOrder(), ...this.nextInLane(item.lane) };
      moved.push(this.put({ ...item, ...placed }));
    };
    for (const { id } of this.inOrder()) look(id);
    return moved;
  }
}

export interface OutboxTransactions {
  read<T>(work: () => T): Promise<T>;
  write<T>(work: () => T): Promise<T>;
  /** Names of clients. */
  newId: () => string;
  onFenced: () => void;
  /** The queue is numbered anew, and some of it was counted for a client that has gone. */
  onRecounted: () => void;
  close: () => void;
}

export function createOutboxHandle(
  outbox: OutboxDatabase,
  { read, write, newId, onFenced, onRecounted, close }: OutboxTransactions,
): OutboxHandle {
  const mustLead = (epoch: number) => {
    if (outbox.leader > epoch) {
      onFenced();
      throw new Fenced('Another tab has taken the lead.');
    }
    outbox.leader = epoch;
  };
  const state = (): StoredOutbox => ({
    clientId: outbox.clientId,
    items: outbox.inOrder(),
    drafts: Object.fromEntries(outbox.drafts),
  });
  return {
    clientId: outbox.clientId,
    close,
    read: () => read(state),
    raiseLead: (before) =>
      write(() => {
        outbox.leader = 1 + Math.max(before, outbox.leader);
        return { epoch: outbox.leader, clientId: outbox.clientId, items: outbox.inOrder() };
      }),
    probe: () => write(() => {}),
    restore: (given, drafts) => {
      const known = copy(given);
      return write(() => {
        const ids = new Set(known.map(({ id }) => id));
        const lacking = known.filter(({ id }) => !outbox.items.has(id));
        outbox.lastOrder = Math.max(outbox.lastOrder, ...known.map(({ order }) => order));
        const later = lacking.length > 0 ? outbox.inOrder().filter(({ id }) => !ids.has(id)) : [];
        for (const item of later) outbox.put({ ...item, order: outbox.nextOrder() });
        for (const item of lacking) outbox.put(item);
        for (const [key, text] of Object.entries(drafts)) if (!outbox.drafts.get(key)) outbox.drafts.set(key, text);
        return state();
      });
    },
    items: () => read(() => outbox.inOrder()),
    enqueue: (given, clearedDraft, join) => {
      const item = copy(given);
      return write(() => {
        if (clearedDraft !== null) outbox.drafts.delete(clearedDraft);
        const done = outbox.items.get(item.id);
        if (done) return done;
        if (!join) return outbox.add(item);
        const before = outbox.joined.get(item.lane) ?? [];
        const joined = joinEarlier(outbox.inOrder(), item, join, before);
        if (joined) outbox.joined.set(item.lane, [...before, item.id].slice(-JOINED_KEPT));
        if (joined) return outbox.put(joined);
        return before.includes(item.id) ? undefined : outbox.add(item);
      });
    },
    replace: (id, given) => {
      const item = copy(given);
      return write(() => {
        const done = outbox.items.get(item.id);
        if (done) return [done];
        const stored = outbox.add(item);
        outbox.items.delete(id);
        for (const other of outbox.inOrder()) {
          if (!other.after?.includes(id)) continue;
          outbox.put({ ...other, after: other.after.map((parent) => (parent === id ? item.id : parent)) });
        }
        return [stored, ...outbox.move()];
      });
    },
    discard: (id, orphaned) =>
      write(() => {
        const item = outbox.items.get(id);
        if (!item) return [];
        if (item.state === 'applied') return [item];
        const { after: _, heldUntil: __, ...rest } = item;
        const standIn = item.state === 'waiting' && item.n > 0 ? [{ ...rest, name: DISCARDED, args: null }] : [];
        outbox.items.delete(id);
        const dependents = outbox.inOrder().filter((other) => other.state === 'waiting' && other.after?.includes(id));
        const orphans = dependents.map(({ heldUntil: ___, ...other }): OutboxItem => {
          return { ...other, ...orphaned, state: 'failed' };
        });
        for (const changed of [...standIn, ...orphans]) outbox.put(changed);
        return [...standIn, ...orphans, ...outbox.move()];
      }),
    seal: (ids) =>
      write(() =>
        ids.flatMap((id) => {
          const item = outbox.items.get(id);
          return item ? [outbox.put({ ...item, sealed: true })] : [];
        }),
      ),
    release: (ids) =>
      write(() => {
        const due = ids.flatMap((id) => outbox.held(id) ?? []);
        for (const item of due) outbox.put(item);
        const moved = outbox.move();
        return [...due.filter(({ id }) => !moved.some((other) => other.id === id)), ...moved];
      }),
    withdraw: (id, code) =>
      write(() => {
        const item = outbox.held(id);
        const done = outbox.items.get(id);
        if (!item) return done?.state === 'failed' && done.code === code ? done : undefined;
        return outbox.put({ ...item, state: 'failed', code });
      }),
    updateItems: (given) => {
      const changed = copy(given);
      return write(() => {
        for (const item of changed)
          if (outbox.items.has(item.id)) outbox.put({ ...outbox.items.get(item.id), ...item });
        return changed.some(({ state }) => state === 'failed') ? outbox.move() : [];
      });
    },
    removeItems: async (ids) => {
      if (ids.length > 0) await write(() => ids.forEach((id) => outbox.items.delete(id)));
    },
    renumber: (lane, expected, epoch) =>
      write(() => {
        mustLead(epoch);
        const queued = outbox.inOrder().filter((item) => item.lane === lane && hasPlace(item));
        const numbered = queued.map((item, index) =>
          outbox.put({ ...item, n: expected + index, client: outbox.clientId }),
        );
        outbox.lanes.set(lane, expected + numbered.length - 1);
        return numbered;
      }),
    newClient: (epoch) =>
      write(() => {
        mustLead(epoch);
        const isStrange = (item: OutboxItem) => hasPlace(item) && item.client !== outbox.clientId;
        if (outbox.inOrder().some(isStrange)) onRecounted();
        outbox.clientId = newId();
        outbox.lanes.clear();
        const renumbered = (item: OutboxItem) => outbox.put({ ...item, ...outbox.nextInLane(item.lane) });
        const items = outbox.inOrder().map((item) => (hasPlace(item) ? renumbered(item) : item));
        return { clientId: outbox.clientId, items };
      }),
    saveDraft: (key, text) =>
      write(() => {
        if (text === '') outbox.drafts.delete(key);
        else outbox.drafts.set(key, text);
      }),
  };
}

const hasPlace = ({ state, n }: OutboxItem): boolean => state === 'waiting' && n > 0;

/** Whether what depends on it has to wait. */
const holdsUp = (item: OutboxItem | undefined): boolean =>
  item !== undefined && (item.state === 'failed' || (item.state === 'waiting' && item.n === 0));

function joinEarlier(
  items: readonly OutboxItem[],
  item: NewItem,
  join: JoinArgs,
  before: readonly string[],
): OutboxItem | undefined {
  const { id, lane, name, version, at } = item;
  for (const earlier of items.filter((other) => other.lane === lane).reverse()) {
    if (earlier.joined === id) return earlier;
    const isOpen = earlier.state === 'waiting' && !earlier.sealed && !before.includes(id);
    const args = isOpen && earlier.name === name && earlier.version === version ? join(earlier.args) : undefined;
    if (args !== undefined) return { ...earlier, args, at, joined: id };
  }
  return undefined;
}
