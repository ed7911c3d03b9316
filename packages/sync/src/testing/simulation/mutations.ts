/**
 * Mistakes that somebody could make in the engine, and in what decides who reads notes, by name. A simulation that does not notice one of them proves less than
 * it says: `npm run sim:mutants` counts the seeds that each of them needs.
 */

export interface Mutation {
  group: 'cursor' | 'lanes and idempotency' | 'overlay' | 'purge and epochs' | 'leader fencing' | 'leaks';
  /** Below `packages/sync/src`. */
  file: string;
  /** What is there, exactly once. */
  before: string;
  after: string;
}

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a poke moves the cursor over what it has not seen': {
    group: 'cursor',
    file: 'client/puller.ts',
    before: 'if (!rows || state.version !== from) {',
    after: 'if (!rows) {',
  },
  'a page that is older than the cursor is taken in': {
    group: 'cursor',
    file: 'client/puller.ts',
    before: '!state || answer.version < state.version || answer',
    after: '!state || answer',
  },
  'something is joined to an act that may have been sent': {
    group: 'lanes and idempotency',
    file: 'client/syncing.ts',
    before: 'if (open.length === 0) return batch;',
    after: 'return batch;',
  },
  'a mutation is done again when another client of its person has sent it before': {
    group: 'lanes and idempotency',
    file: 'server/push.ts',
    before: 'looksElsewhere: attempt > 0',
    after: 'looksElsewhere: false',
  },
  'an effect leaves the overlay when it is confirmed, not when its row is there': {
    group: 'overlay',
    file: 'client/outbox.ts',
    before: 'layer.effects = layer.effects.filter((effect) => open.some(({ scope }) => scope === effect.scope));',
    after: 'layer.effects = [];',
  },
  'a row that is taken out of the overlay stays in view': {
    group: 'overlay',
    file: 'client/replica.ts',
    before: 'if (!rows.has(id)) this.#touch(known, id);',
    after: ';',
  },
  'a cursor below the floor goes on': {
    group: 'purge and epochs',
    file: 'server/pull.ts',
    before: 'from > state.version || from < state.floor',
    after: 'from > state.version',
  },
  'a cursor of an earlier membership goes on': {
    group: 'purge and epochs',
    file: 'server/pull.ts',
    before: 'epoch !== state.epoch || from > state.version',
    after: 'from > state.version',
  },
  'a tab that takes the lead goes on from what it has in memory': {
    group: 'leader fencing',
    file: 'client/syncing.ts',
    before: 'replica.rewind(lead.scopes);',
    after: '',
  },
  'a leader that was fenced off goes on': {
    group: 'leader fencing',
    file: 'client/syncing.ts',
    before: 'if (error instanceof Fenced) return this.#onFenced(epoch);',
    after: '',
  },
  'notes of an organisation come with the messages of the thread': {
    group: 'leaks',
    file: 'testing/simulation/database.ts',
    before: '.liveRows(scope, asOf)',
    after: ".liveRows(scope, asOf).concat(this.#database.liveRows(`${scope.replace('thread', 'notes')}:beta`, asOf))",
  },
  'notes are read by all who take part in the thread': {
    group: 'leaks',
    file: 'testing/simulation/database.ts',
    before: "membership?.active && (kind !== 'notes' || membership.org === org)",
    after: 'membership?.active',
  },
};

/** @throws where the mutation does not fit the source any more */
export function mutated(source: string, { file, before, after }: Mutation): string {
  const pieces = source.split(before);
  if (pieces.length !== 2) throw new Error(`In ${file} this is there ${pieces.length - 1} times: ${before}`);
  return pieces.join(after);
}
