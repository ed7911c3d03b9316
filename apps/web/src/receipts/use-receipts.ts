import { RECEIPTS_PEOPLE, receiptsOn } from '@parley/core/receipts';
import { orgScope, receiptsScope, threadPeopleScope, userScope } from '@parley/core/scopes';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { useOpenScope, useRow, useRows } from '../sync/views.ts';
import { readersOf, type Readers } from './readers.ts';

/** Holds the receipts of a thread that is open. @returns whether there are any to be shown, now or soon */
export function useReceiptsIn(threadId: string, people: number): boolean {
  const engine = useEngine();
  const personId = usePersonId();
  const own = userScope(personId);
  const scope = receiptsScope(threadId);
  const settings = useRow(own, 'settings', personId)?.data;
  const actingOrg = useRow(own, 'participation', threadId)?.data.actingOrg ?? '';
  const organisation = useRow(orgScope(actingOrg), 'org', actingOrg)?.data;
  const areOn = receiptsOn(settings) && receiptsOn(organisation) && people > 1 && people <= RECEIPTS_PEOPLE;
  useOpenScope(areOn ? scope : null);
  const subscribe = useCallback(
    (listener: () => void) => engine.subscribe(scope, 'receipt', listener),
    [engine, scope],
  );
  const some = useSyncExternalStore(subscribe, () => engine.rows(scope, 'receipt').length > 0);
  // A guest is not told what the organisation has chosen.
  return areOn && (organisation !== undefined || some);
}

/** Who has read a message of a thread whose receipts are held. */
export function useReaders(threadId: string, message: { seq: number | null; authorId: string | null }): Readers {
  const participants = useRows(threadPeopleScope(threadId), 'participant');
  const receipts = useRows(receiptsScope(threadId), 'receipt');
  const { seq, authorId } = message;
  return useMemo(() => readersOf({ seq, authorId }, participants, receipts), [seq, authorId, participants, receipts]);
}
