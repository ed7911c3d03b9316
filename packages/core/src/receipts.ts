/** How far the people of a thread have read, for the others: made from their read positions, by the server alone. */
import type { MutatorScopes, MutatorTx } from '@parley/sync/mutator';
import { receiptsScope, threadPeopleScope } from './scopes.ts';
import type { Tables } from './tables.ts';

export interface ReceiptRow {
  /** Place of the newest message the person has read. Only grows. */
  upTo: number;
}

/** In threads of more people there are none. */
export const RECEIPTS_PEOPLE = 256;

/** Whether receipts are on, in the settings of a person or an organisation: they are unless somebody switched them off. */
export const receiptsOn = (settings: { receipts?: boolean | null } | undefined): boolean =>
  settings?.receipts !== false;

/** Kind of job row: receipts of the thread in `{ threadId }` may be behind. */
export const RECEIPTS_DUE = 'receipts.due';
/** Kind of job row: the person or organisation in `{ personId }` or `{ orgId }` switched theirs on or off. */
export const RECEIPTS_SWITCHED = 'receipts.switched';

/** A receipt that is behind: what it has to say, or `null` where it has to go. */
export interface OverdueReceipt {
  personId: string;
  upTo: number | null;
}

/** Who reads them is changed under the lock of the thread's people, and so are they. */
export const receiptScopes = (threadId: string): MutatorScopes => ({
  write: [receiptsScope(threadId)],
  lock: [threadPeopleScope(threadId)],
});

/** Brings receipts up to date that were found to be behind, under the locks of `receiptScopes`. */
export function settleReceipts(tx: MutatorTx<Tables>, threadId: string, overdue: readonly OverdueReceipt[]): void {
  const scope = receiptsScope(threadId);
  for (const { personId, upTo } of overdue) {
    if (upTo === null) tx.remove('receipt', scope, personId);
    else tx.put('receipt', scope, personId, { upTo });
  }
}
