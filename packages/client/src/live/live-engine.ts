import type { Tables } from '@parley/core/tables';
import type { Engine } from '@parley/sync/client';
import type { MutatorMap } from '@parley/sync/mutator';

/** Of an engine what the live connection is made of: it reads, and does nothing for the person. */
export type LiveEngine = Pick<
  Engine<Tables, MutatorMap<Tables>>,
  | 'allRows'
  | 'loadOlder'
  | 'open'
  | 'row'
  | 'rows'
  | 'status'
  | 'subscribe'
  | 'subscribeStatus'
  | 'subscribeWindow'
  | 'window'
>;
