import { orgPeopleScope, parseScope, threadPeopleScope, threadScope } from '@parley/core/scopes';
import { useMemo, useRef } from 'react';
import type { ScopeId } from '@parley/sync/mutator';
import { useEngine, usePersonId, type ParleyEngine } from '../sync/engine-provider.tsx';
import { originOf } from './copied.ts';
import { firstReach, type Draft, type Origin } from './first-reach.ts';

/** Who will read what is written at a place. */
export interface Audience extends Pick<Draft, 'ownOrg' | 'organisations' | 'lastOwnAt'> {
  /** Those of one's own organisation whom a mention reaches. */
  present: ReadonlySet<string>;
}

export interface FirstReach {
  /** What is to be confirmed before this text, as stored, goes out. */
  confirm: (text: string) => string[];
  onPaste: (data: DataTransfer) => void;
  /** The field was emptied. */
  emptied: () => void;
  /** It goes out, with whatever was confirmed. */
  sent: (text: string) => void;
}

/**
 * Watches over what is written at a place: the thread, of which it is remembered what has been confirmed, and the draft,
 * of which it is remembered where text was pasted from; both as long as this tab. `audience` is asked when something is
 * about to go out; `null` where nobody outside reads it.
 */
export function useFirstReach(place: string, draftKey: string, audience: () => Audience | null): FirstReach {
  const engine = useEngine();
  const personId = usePersonId();
  const latest = useRef(audience);
  latest.current = audience;
  return useMemo(() => {
    const confirmed = keptList(`parley.reached.${place}`);
    const pasted = keptList(`parley.pasted.${draftKey}`);
    const reach = (text: string) => {
      const readers = latest.current();
      if (readers === null) return [];
      const absent = engine
        .rows(orgPeopleScope(readers.ownOrg), 'person')
        .filter(({ id, data }) => data.active && id !== personId && !readers.present.has(id))
        .map(({ id, data: { name } }) => ({ id, name }));
      const origins = pasted.get().map((from) => originIn(engine, from));
      return firstReach({ ...readers, text, absent, pasted: origins }).filter(
        ({ key }) => !confirmed.get().includes(key),
      );
    };
    return {
      confirm: (text) => reach(text).map(({ words }) => words),
      onPaste(data) {
        const from = originOf(data);
        if (from !== null) pasted.add(from);
      },
      emptied: () => pasted.clear(),
      sent(text) {
        for (const { key } of reach(text)) confirmed.add(key);
        pasted.clear();
      },
    };
  }, [engine, personId, place, draftKey]);
}

/** Where text was copied, and who reads there. Of a thread that is not here nobody is known to. */
function originIn(engine: ParleyEngine, from: ScopeId): Origin {
  const {
    kind,
    ids: [threadId = '', orgId = ''],
  } = parseScope(from) ?? { kind: null, ids: [] };
  const thread = engine.row(threadScope(threadId), 'thread', threadId)?.data;
  const where = thread ? `“${thread.subject}”` : 'another thread';
  if (kind === 'notes') return { from, words: `from a note in ${where}`, orgIds: [orgId] };
  const orgIds = engine.rows(threadPeopleScope(threadId), 'threadOrg').map(({ id }) => id);
  return { from, words: `from ${where}`, orgIds: thread?.kind === 'internal' ? [thread.homeOrg] : orgIds };
}

function keptList(item: string) {
  const get = (): string[] => JSON.parse(sessionStorage.getItem(item) ?? '[]') as string[];
  return {
    get,
    add: (entry: string) => sessionStorage.setItem(item, JSON.stringify([...new Set([...get(), entry])])),
    clear: () => sessionStorage.removeItem(item),
  };
}
