/** What people do in threads, done by a service: with its types, in order, and once however often it has to be sent. */
import type { AppRouter } from '@parley/api/router';
import { mutators, type MutatorArgs, type MutatorName } from '@parley/core/mutators';
import { browserTimers } from '@parley/sync/adapters/browser';
import { Pusher, type Connection, type OutboxItem } from '@parley/sync/client';
import { Refusal } from '@parley/sync/mutator';
import { TRPCClientError } from '@trpc/client';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import type { ParleyClient } from './parley-client.ts';
import { ParleyError } from './parley-error.ts';

export { Refusal };

export interface MutateOptions {
  /** How long a mutation is tried while the server does not answer; 60,000 unless said otherwise. */
  patienceMs?: number;
}

/**
 * Resolves when the server has done it. Those that concern one thread are done in the order in which they were asked
 * for. `id` names it: what was done under that id in the last 30 days is not done again, by whatever process of the person.
 * @throws Refusal where the rules refuse it, with a stable `code`
 * @throws ParleyError `UNAUTHORISED`; `UNREACHABLE` where patience has come to its end: nobody knows whether it was done
 * @throws the schema's error where the arguments are wrong; TypeError where the id is no UUID
 */
export type Mutate = <Name extends MutatorName>(
  name: Name,
  args: MutatorArgs<Name>,
  options?: { id?: string },
) => Promise<void>;

interface Waiting extends OutboxItem {
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Of whoever is signed in. Keeps nothing open: what is asked for at once is one call over HTTP.
 * @throws ParleyError `UNAUTHORISED` where nobody is; `UNREACHABLE`, `NOT_PARLEY` where the server does not answer
 */
export async function createMutate(parley: ParleyClient, options: MutateOptions = {}): Promise<Mutate> {
  const { patienceMs = 60_000 } = options;
  const { person } = await parley.calls.accounts.session.query();
  if (person === null) throw new ParleyError(nobodyIsThere);
  const personId = person.id;
  let clientId = uuidv7();
  let incarnation: string | null = null;
  let waiting: Waiting[] = [];
  let lanes = new Map<string, number>();

  const placed = (item: Waiting): Waiting => {
    const n = (lanes.get(item.lane) ?? 0) + 1;
    lanes.set(item.lane, n);
    return { ...item, n };
  };
  /** Whatever the server makes of the places given so far, it has made of none of a new client's. */
  const placeAnew = () => {
    clientId = uuidv7();
    lanes = new Map();
    waiting = waiting.map(placed);
  };
  const settle = (settled: readonly Waiting[], how: (item: Waiting) => void) => {
    waiting = waiting.filter((item) => !settled.includes(item));
    settled.forEach(how);
  };

  const push: Connection['push'] = async (request) => {
    try {
      return await parley.calls.sync.push.mutate(request);
    } catch (error) {
      const isFinal = error instanceof ParleyError && FINAL.has(error.code);
      const due = waiting.filter(({ at }) => isFinal || browserTimers.now() - at >= patienceMs);
      settle(due, ({ reject }) => reject(error));
      // Whether it has come to its place is not known.
      if (due.length > 0) placeAnew();
      throw error;
    }
  };
  const pusher = new Pusher({
    connection: () => ({ push }),
    timers: browserTimers,
    caller: () => ({ personId, clientId, incarnation }),
    items: () => waiting,
    seal: async (batch) => batch,
    sending: () => {},
    async onResults(answer) {
      ({ incarnation } = answer);
      for (const result of answer.results) {
        const named = waiting.filter(({ id }) => id === result.id);
        if (result.status === 'applied') settle(named, ({ resolve }) => resolve());
        else if (result.status === 'rejected' || result.status === 'unknown') {
          const { code, message } = result.status === 'rejected' ? result : UNKNOWN;
          settle(named, ({ reject }) => reject(new Refusal(code, message)));
        }
      }
      if (answer.results.some(({ status }) => status === 'fork' || status === 'gap')) placeAnew();
    },
  });

  return async (name, args, { id = uuidv7() } = {}) => {
    if (!isUuid(id)) throw new TypeError('The id of a mutation is a UUID.');
    const mutator = mutators[name];
    const parsed = mutator.args.parse(args) as never;
    const answered = new Promise<void>((resolve, reject) => {
      const item = { id, lane: mutator.lane(parsed, personId), name, version: mutator.version, args: parsed };
      const made = { at: browserTimers.now(), order: 0, n: 0, state: 'waiting' as const, effects: [] };
      waiting.push(placed({ ...item, ...made, code: null, message: null, resolve, reject }));
    });
    // What is asked for at once goes together.
    queueMicrotask(() => void pusher.run());
    return answered;
  };
}

const nobodyIsThere = TRPCClientError.from<AppRouter>({
  error: { code: -32_001, message: 'Nobody is signed in.', data: { code: 'UNAUTHORISED' } },
} as never);
const UNKNOWN = { code: 'unknown', message: 'The server no longer knows whether this was done.' };
/** With these codes the server refuses whatever is asked next. */
const FINAL: ReadonlySet<string> = new Set(['UNAUTHORISED', 'WRONG_ACCOUNT', 'OUTDATED', 'INVALID', 'TOO_LARGE']);
