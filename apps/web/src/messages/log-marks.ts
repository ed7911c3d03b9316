/** What rows say about themselves that is kept beside them: pins of the thread, and what the reader has saved. */
import type { Pin } from '@parley/core/pinned';
import { threadScope, userScope } from '@parley/core/scopes';
import { createContext, useMemo } from 'react';
import { usePersonId } from '../sync/engine-provider.tsx';
import { useAllRows, useRow } from '../sync/views.ts';

export interface LogMarks {
  pinByMessageId: ReadonlyMap<string, Pin>;
  /** Ids of messages the reader has saved, in whatever thread. */
  saved: ReadonlySet<string>;
}

export const LogMarksContext = createContext<LogMarks>({ pinByMessageId: new Map(), saved: new Set() });

const noPins: readonly Pin[] = [];

/** The marks of a thread; the same object while none changes, since every row reads it. */
export function useLogMarksOf(threadId: string): LogMarks {
  const personId = usePersonId();
  const pins = useRow(threadScope(threadId), 'pins', threadId)?.data.pins ?? noPins;
  const savedRows = useAllRows('saved');
  return useMemo(
    () => ({
      pinByMessageId: new Map(pins.map((pin) => [pin.messageId, pin])),
      saved: new Set(savedRows.flatMap(({ scope, id }) => (scope === userScope(personId) ? [id] : []))),
    }),
    [pins, savedRows, personId],
  );
}
