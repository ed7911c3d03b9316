/** Carries out what clients did, exactly once and in order inside each lane. Rules: SPEC.md, [PUSH1] and on. */
import { mutatorOf, Refusal, type AnyMutator, type MutatorMap, type MutatorScopes, type TableMap } from '../mutator.ts';
import { LIMITS, type PushRequest, type PushResponse, type PushResult, type WireMutation } from '../protocol.ts';
import { Busy, RequestError } from './errors.ts';
import type { SyncServerOptions } from './sync-server.ts';
import type { LaneEntry, Outcome, StorageWrite } from './storage.ts';
import { effectsFor, prepare, toCommit, type Buffered } from './write.ts';

/** Mutations are carried out one by one, each in a transaction of its own. */
export async function push<Tables extends TableMap, Native>(
  options: SyncServerOptions<Tables, Native>,
  personId: string,
  request: PushRequest,
): Promise<PushResponse> {
  const { storage, now } = options;
  if (request.mutations.length > LIMITS.pushMutations || bytesOf(request.mutations) > LIMITS.pushBytes) {
    throw new RequestError('TOO_LARGE', 'These are too many mutations for one push.');
  }
  if (!(await storage.bindClient(request.clientId, personId))) {
    throw new RequestError('WRONG_ACCOUNT', 'This client belongs to another person.');
  }
  const incarnation = await storage.incarnation();
  const results: PushResult[] = [];
  for (const mutation of request.mutations) {
    // Lanes were counted against a database that is no more: a new client id, then everything again.
    const isOfAnotherLife = request.incarnation !== null && request.incarnation !== incarnation;
    results.push(
      isOfAnotherLife
        ? { id: mutation.id, status: 'fork' }
        : await pushOne(options, { personId, clientId: request.clientId }, mutation),
    );
  }
  return { incarnation, serverTime: now(), results };
}

async function pushOne<Tables extends TableMap, Native>(
  options: SyncServerOptions<Tables, Native>,
  caller: { personId: string; clientId: string },
  mutation: WireMutation,
): Promise<PushResult> {
  const { id, lane, n, after = [] } = mutation;
  const entry: LaneEntry = { ...caller, id, lane, n };
  try {
    const { result, publish } = await options.storage.write(async (tx, attempt) => {
      const verdict = await tx.enterLane(entry);
      if (verdict.kind !== 'next') return { result: toResult(id, verdict) };
      // A result of the same id appeared while this was at work: it came through another client of the person.
      const elsewhere = attempt > 0 ? (await tx.outcomes(caller.personId, [id])).get(id) : undefined;
      if (elsewhere) return { result: { id, ...elsewhere } };
      await mustHaveComeBefore(tx, caller.personId, after);
      return carryOut(options, tx, entry, mutation);
    });
    publish?.();
    return result;
  } catch (error) {
    // Whoever holds that lock holds up this lane alone.
    if (error instanceof Busy && error.reason === 'lock') return { id, status: 'not_yet' };
    if (error instanceof Waits) return { id, status: error.status };
    throw error;
  }
}

async function carryOut<Tables extends TableMap, Native>(
  options: SyncServerOptions<Tables, Native>,
  tx: StorageWrite<Native>,
  entry: LaneEntry,
  mutation: WireMutation,
): Promise<{ result: PushResult; publish?: () => void }> {
  const { storage } = options;
  const { personId, id } = entry;
  let buffered: Buffered = { bumps: [], rows: [], jobs: [] };
  let outcome: Outcome;
  try {
    const { mutator, args, scopes } = mustUnderstand(options.mutators, mutation, personId);
    const actor = { personId, ownScope: options.ownScope(personId), now: options.now() };
    ({ buffered } = await prepare<Tables, Native, void>(tx, actor, scopes, (run) => mutator.run(run, args)));
    outcome = { status: 'applied', effects: effectsFor(storage, buffered, personId) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    outcome = { status: 'rejected', code: error.code, message: error.message };
  }
  const recipients = await tx.flush({ ...buffered, result: { entry, outcome } });
  const commit = toCommit(storage, buffered, recipients);
  return { result: { id, ...outcome }, publish: () => options.publish(commit) };
}

/** @throws Refusal `invalid` for what no version of this server understands */
function mustUnderstand<Tables extends TableMap>(
  mutators: MutatorMap<Tables>,
  { name, version, args: untrusted, lane }: WireMutation,
  personId: string,
): { mutator: AnyMutator<Tables>; args: unknown; scopes: MutatorScopes } {
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
  return { mutator, args, scopes: mutator.scopes(args, personId) };
}

/** NUL and halves of surrogate pairs: no database stores them. Text a person typed has none left after `parse`. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
}

/** Rolls the transaction back: the mutation's place in the lane is not used up. */
class Waits extends Error {
  readonly status: 'not_yet' | 'dependency_failed';
  constructor(status: 'not_yet' | 'dependency_failed') {
    super(status);
    this.status = status;
  }
}

async function mustHaveComeBefore(
  tx: StorageWrite<unknown>,
  personId: string,
  after: readonly string[],
): Promise<void> {
  if (after.length === 0) return;
  const outcomes = await tx.outcomes(personId, after);
  if (after.some((id) => outcomes.get(id)?.status === 'rejected')) throw new Waits('dependency_failed');
  if (after.some((id) => !outcomes.has(id))) throw new Waits('not_yet');
}

function toResult(
  id: string,
  verdict:
    { kind: 'stored'; outcome: Outcome } | { kind: 'gap'; expected: number } | { kind: 'fork' } | { kind: 'unknown' },
): PushResult {
  if (verdict.kind === 'stored') return { id, ...verdict.outcome };
  if (verdict.kind === 'gap') return { id, status: 'gap', expected: verdict.expected };
  return { id, status: verdict.kind };
}

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;
