/** The lanes that one transaction enters, and what became of the mutations in them. Rules: SPEC.md, [PUSH1] to [PUSH6]. */
import type { PushResult } from '../protocol.ts';
import type { Flush, LaneEntry, MutationKey, Outcome, StorageWrite } from './storage.ts';

/** A mutation with its place, and those that it names as earlier. */
export interface Item {
  entry: LaneEntry;
  after: readonly string[];
  /** The same object for all mutations of one push. */
  push: object;
}

/** An answer without its id. */
type Met = PushResult extends infer Result ? (Result extends { id: string } ? Omit<Result, 'id'> : never) : never;

/**
 * Reads where all these lanes stand, under their persons' own locks: nobody else enters them before the end.
 * `looksElsewhere`: also for results of the same mutations that came through other clients of their persons.
 */
export async function openLanes(
  tx: StorageWrite<unknown>,
  items: readonly Item[],
  { looksElsewhere }: { looksElsewhere: boolean },
): Promise<Lanes> {
  const entries = items.map(({ entry }) => entry);
  const lanes = [...new Map(entries.map((entry) => [laneOf(entry), entry])).values()];
  const places = await tx.lastPlaces(lanes);
  const last = new Map(lanes.map((lane, index) => [laneOf(lane), places[index] ?? 0]));

  // As if all went well: whatever is not the next then will not be the next.
  const reached = new Map(last);
  const late = entries.filter((entry) => {
    const isNext = entry.n === (reached.get(laneOf(entry)) ?? 0) + 1;
    if (isNext) reached.set(laneOf(entry), entry.n);
    return !isNext;
  });
  const earlier = items.flatMap(({ entry: { personId }, after }) => after.map((id) => ({ personId, id })));
  const keys = [...(looksElsewhere ? entries : late), ...earlier];
  const outcomes = keys.length > 0 ? await tx.outcomes(keys) : [];
  const taken = late.length > 0 ? await tx.taken(late) : [];
  return new Lanes(last, {
    outcomes: new Map(keys.flatMap((key, index) => (outcomes[index] ? [[keyOf(key), outcomes[index]]] : []))),
    taken: new Set(late.flatMap((entry, index) => (taken[index] ? [placeOf(entry)] : []))),
  });
}

export class Lanes {
  readonly #last: Map<string, number>;
  readonly #outcomes: Map<string, Outcome>;
  readonly #taken: Set<string>;
  /** Pushes of clients that are two. */
  readonly #forked = new Set<object>();
  readonly #entered = new Map<string, LaneEntry>();
  readonly #results: { entry: LaneEntry; outcome: Outcome }[] = [];

  constructor(last: Map<string, number>, known: { outcomes: Map<string, Outcome>; taken: Set<string> }) {
    this.#last = last;
    this.#outcomes = known.outcomes;
    this.#taken = known.taken;
  }

  /** Takes the item's place, so that it can be carried out; otherwise the answer to it. */
  enter(item: Item): Met | undefined {
    const met = this.#forked.has(item.push) ? ({ status: 'fork' } as const) : this.#meet(item);
    // A later `n` may fit by chance, and would go before what forked.
    if (met?.status === 'fork') this.#forked.add(item.push);
    return met;
  }

  #meet({ entry, after }: Item): Met | undefined {
    const { personId, n } = entry;
    const last = this.#last.get(laneOf(entry)) ?? 0;
    const stored = this.#outcomes.get(keyOf(entry));
    if (n > last + 1) return { status: 'gap', expected: last + 1 };
    if (n <= last) return stored ?? { status: this.#taken.has(placeOf(entry)) ? 'fork' : 'unknown' };
    if (!stored) {
      const earlier = after.map((id) => this.#outcomes.get(keyOf({ personId, id })));
      if (earlier.some((outcome) => outcome?.status === 'rejected')) return { status: 'dependency_failed' };
      if (earlier.includes(undefined)) return { status: 'not_yet' };
    }
    this.#last.set(laneOf(entry), n);
    this.#entered.set(laneOf(entry), entry);
    return stored;
  }

  /** What became of an item that has taken its place. */
  settle({ entry }: Item, outcome: Outcome): void {
    this.#outcomes.set(keyOf(entry), outcome);
    this.#taken.add(placeOf(entry));
    this.#results.push({ entry, outcome });
  }

  written(): Pick<Flush, 'lanes' | 'results'> {
    const lanes = Array.from(this.#entered.values(), ({ clientId, lane, n }) => ({ clientId, lane, lastN: n }));
    return { lanes, results: this.#results };
  }
}

const laneOf = ({ clientId, lane }: Pick<LaneEntry, 'clientId' | 'lane'>): string => `${clientId} ${lane}`;
const placeOf = ({ clientId, lane, n }: LaneEntry): string => `${clientId} ${n} ${lane}`;
const keyOf = ({ personId, id }: MutationKey): string => `${personId} ${id}`;
