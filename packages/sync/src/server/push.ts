/** Carries out what clients did, exactly once and in order inside each lane. Rules: SPEC.md, [PUSH1] and on. */
import { mutatorOf, Refusal, type MutatorMap, type ScopeId, type TableMap } from '../mutator.ts';
import { LIMITS, type PushRequest, type PushResponse, type PushResult, type WireMutation } from '../protocol.ts';
import { createBatcher } from './batcher.ts';
import { Busy, RequestError } from './errors.ts';
import { openLanes, type Item } from './lanes.ts';
import type { Outcome, Writes } from './storage.ts';
import type { SyncServerOptions } from './sync-server.ts';
import { effectsFor, Ledger, scopesOf, toCommit, toldBy, type Act } from './write.ts';

/**
 * Scopes that one shared transaction locks. Tuned with `npm run bench -- P1`: a send locks two or three, and beyond 64 of
 * them nothing is gained.
 */
const SCOPES_TOGETHER = 200;
/** One computes while the other waits for the database. */
const TRANSACTIONS_AT_ONCE = 2;
/** Milliseconds that it waits for a lock; beyond it whoever needs that lock waits alone. */
const PATIENCE = 250;

interface Pushed<Tables extends TableMap> extends Item {
  act: Act<Tables, void>;
}
type Push = (personId: string, request: PushRequest) => Promise<PushResponse>;

/**
 * Mutations of many people share transactions; those that lock the same go in the order in which they came. Where such a
 * transaction fails, the mutations of each request are done one by one: what one of them meets is no affair of the
 * others.
 */
export function createPush<Tables extends TableMap, Native>(options: SyncServerOptions<Tables, Native>): Push {
  const { storage, now } = options;
  const touches = (items: readonly Pushed<Tables>[]): ScopeId[] => [
    ...new Set(items.flatMap(({ act }) => scopesOf(act))),
  ];
  const oneByOne = async (items: readonly Pushed<Tables>[]): Promise<PushResult[]> => {
    const results: PushResult[] = [];
    const heldUp = new Set<string>();
    for (const item of items) {
      const { id, lane } = item.entry;
      const isForked = results.some(({ status }) => status === 'fork');
      if (isForked) results.push({ id, status: 'fork' });
      // Whether the place of the first is taken is not known, so a later `n` may fit by chance.
      else if (heldUp.has(lane)) results.push({ id, status: 'not_yet' });
      else results.push(await alone(options, item));
      if (results.at(-1)?.status === 'not_yet') heldUp.add(lane);
    }
    return results;
  };
  const together = createBatcher<Pushed<Tables>[], PushResult[]>({
    atOnce: TRANSACTIONS_AT_ONCE,
    limit: SCOPES_TOGETHER,
    touches,
    gather: options.gather,
    async carryOut(requests) {
      const results = await carryOut(options, requests.flat(), PATIENCE);
      return requests.map((items) => results.splice(0, items.length));
    },
    async rescue(items, { error, size }) {
      const wasAlone = size === 1 && items.length === 1;
      const isLock = error instanceof Busy && error.reason === 'lock';
      if ((wasAlone || error instanceof Busy) && !isLock) throw error;
      return oneByOne(items);
    },
  });

  return async (personId, request) => {
    if (request.mutations.length > LIMITS.pushMutations || bytesOf(request.mutations) > LIMITS.pushBytes) {
      throw new RequestError('TOO_LARGE', 'These are too many mutations for one push.');
    }
    if (!(await storage.bindClient(request.clientId, personId))) {
      throw new RequestError('WRONG_ACCOUNT', 'This client belongs to another person.');
    }
    const incarnation = await storage.incarnation();
    // Lanes were counted against a database that is no more: a new client id, then everything again.
    const isOfAnotherLife = request.incarnation !== null && request.incarnation !== incarnation;
    if (isOfAnotherLife) {
      const results = request.mutations.map(({ id }): PushResult => ({ id, status: 'fork' }));
      return { incarnation, serverTime: now(), results };
    }
    const caller = { personId, clientId: request.clientId };
    const items = request.mutations.map((mutation) => understood(options, caller, mutation));
    // What touches so many would hold up everybody who waits for the next batch.
    const results = await (touches(items).length > SCOPES_TOGETHER ? oneByOne(items) : together(items));
    return { incarnation, serverTime: now(), results };
  };
}

async function alone<Tables extends TableMap, Native>(
  options: SyncServerOptions<Tables, Native>,
  item: Pushed<Tables>,
): Promise<PushResult> {
  try {
    const [result] = await carryOut(options, [item]);
    if (!result) throw new Error('What is carried out has a result.');
    return result;
  } catch (error) {
    // Whoever holds that lock holds up this lane alone.
    if (error instanceof Busy && error.reason === 'lock') return { id: item.entry.id, status: 'not_yet' };
    throw error;
  }
}

/** In one transaction, and pokes after it. */
async function carryOut<Tables extends TableMap, Native>(
  options: SyncServerOptions<Tables, Native>,
  items: readonly Pushed<Tables>[],
  patienceMs?: number,
): Promise<PushResult[]> {
  const { storage } = options;
  const { results, commits } = await storage.write(async (tx, attempt) => {
    const ledger = await Ledger.open<Tables, Native>(
      tx,
      items.map(({ act }) => act),
      { people: [...new Set(items.map(({ act }) => act.actor.personId))], patienceMs },
    );
    const [lanes, trials] = await Promise.all([
      // A result of the same id may have appeared while this was at work, through another client of the person.
      openLanes(tx, items, { looksElsewhere: attempt > 0 }),
      Promise.all(items.map(({ act }) => ledger.tryOut(act))),
    ]);
    const results: PushResult[] = [];
    const acts: Writes[] = [];
    for (const [index, item] of items.entries()) {
      const { id } = item.entry;
      const met = lanes.enter(item);
      if (met) {
        results.push({ id, ...met });
        // Whoever did it may have died before it told anybody.
        if (met.status === 'applied') acts.push(ledger.again(toldBy(storage, item.act, met.effects)));
        continue;
      }
      let outcome: Outcome;
      try {
        const { writes } = await ledger.carryOut(item.act, trials[index]);
        acts.push(writes);
        outcome = { status: 'applied', effects: effectsFor(storage, writes, item.entry.personId) };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        outcome = { status: 'rejected', code: error.code, message: error.message };
      }
      lanes.settle(item, outcome);
      results.push({ id, ...outcome });
    }
    const recipients = await tx.flush({ acts, ...lanes.written() });
    return { results, commits: acts.map((writes, index) => toCommit(storage, writes, recipients[index])) };
  });
  for (const commit of commits) options.publish(commit);
  return results;
}

/** What nobody can carry out is an act that refuses. */
function understood<Tables extends TableMap, Native>(
  { mutators, ownScope, now }: SyncServerOptions<Tables, Native>,
  caller: { personId: string; clientId: string },
  mutation: WireMutation,
): Pushed<Tables> {
  const { id, lane, n, after = [] } = mutation;
  const { personId } = caller;
  const common = { entry: { ...caller, id, lane, n }, after, push: caller };
  const actor = { personId, ownScope: ownScope(personId), now: now() };
  try {
    return { ...common, act: { actor, ...mustUnderstand(mutators, mutation, personId) } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...common, act: { actor, scopes: { write: [] }, run: () => Promise.reject(error) } };
  }
}

/** @throws Refusal `invalid` for what no version of this server understands */
function mustUnderstand<Tables extends TableMap>(
  mutators: MutatorMap<Tables>,
  { name, version, args: untrusted, lane }: WireMutation,
  personId: string,
): Pick<Act<Tables, void>, 'scopes' | 'run'> {
  const mutator = mutatorOf(mutators, name, version);
  if (!mutator) throw new Refusal('invalid', 'The server does not know this act.');
  let args: unknown;
  try {
    args = mutator.args.parse(untrusted);
  } catch {
    throw new Refusal('invalid', 'The server does not understand this.');
  }
  if (!isStorable(args)) throw new Refusal('invalid', 'This holds characters that cannot be stored.');
  if (mutator.lane(args, personId) !== lane) throw new Refusal('invalid', 'This act belongs into another lane.');
  return { scopes: mutator.scopes(args, personId), run: (tx) => mutator.run(tx, args) };
}

/** NUL and halves of surrogate pairs: no database stores them. Text a person typed has none left after `parse`. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
}

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;
