/** A thread as this device can give it out. */
import type { RevisionRow } from '@parley/core/messages';
import { notesScope, orgScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import type { ParticipantRow, ThreadRow } from '@parley/core/threads';
import type { ScopeId } from '@parley/sync/mutator';
import { timeline, type LogMessage } from '../messages/timeline.ts';
import type { ParleyEngine } from '../sync/engine-provider.tsx';

export interface ThreadCopy {
  id: string;
  thread: ThreadRow;
  people: readonly { id: string; data: ParticipantRow }[];
  /**
   * By place, with the notes of the organisation the person acts for among them; what the server has not confirmed comes
   * last, without one.
   */
  messages: readonly LogMessage[];
  /** The organisation whose notes they are. */
  notesOf: string;
  /** Earlier texts by message, oldest first. */
  revisions: ReadonlyMap<string, readonly RevisionRow[]>;
  /** `false`: what is older than the first message is not on this device, and could not be fetched. */
  complete: boolean;
  /** What an id is called: of a person, an organisation or a team. */
  nameOf: (id: string) => string | undefined;
}

/** Everything of a thread that is on this device or can be fetched now; `undefined` where there is no such thread. */
export async function copyThread(
  { engine, personId }: { engine: ParleyEngine; personId: string },
  threadId: string,
): Promise<ThreadCopy | undefined> {
  const scope = threadScope(threadId);
  const orgId = engine.row(userScope(personId), 'participation', threadId)?.data.actingOrg ?? '';
  const notes = notesScope(threadId, orgId);
  // Read from disk in this order, so that people are there when messages are.
  const close = [engine.open(threadPeopleScope(threadId)), engine.open(scope)];
  try {
    const thread = engine.row(scope, 'thread', threadId)?.data;
    if (thread === undefined) return undefined;
    await loadAll(engine, scope);
    const head = engine.row(notes, 'noteHead', threadId)?.data;
    if (head) close.push(engine.open(notes));
    // Of a first note that waits to be sent there is nothing to be loaded.
    const hasNotes = head !== undefined && head.lastSeq > 0;
    if (hasNotes) await loadAll(engine, notes);
    const people = engine.rows(threadPeopleScope(threadId), 'participant');
    return {
      id: threadId,
      thread,
      people,
      messages: timeline({ messages: engine.rows(scope, 'message'), notes: engine.rows(notes, 'note'), low: 0 }),
      notesOf: engine.row(orgScope(orgId), 'org', orgId)?.data.name ?? '',
      revisions: Map.groupBy(
        [...engine.rows(scope, 'revision'), ...engine.rows(notes, 'noteRevision')]
          .map(({ data }) => data)
          .sort((one, other) => one.writtenAt - other.writtenAt),
        ({ messageId }) => messageId,
      ),
      complete: engine.window(scope).complete && (!hasNotes || engine.window(notes).complete),
      nameOf: names(engine, [...engine.rows(threadPeopleScope(threadId), 'group'), ...people]),
    };
  } finally {
    for (const end of close) end();
  }
}

async function loadAll(engine: ParleyEngine, scope: ScopeId): Promise<void> {
  for (;;) {
    const window = await settled(engine, scope);
    if (window.complete || window.unreachable) return;
    await engine.loadOlder(scope);
  }
}

/** The window of an opened scope, once nothing is being read into it. */
async function settled(engine: ParleyEngine, scope: ScopeId) {
  while (engine.window(scope).loading) {
    await new Promise<void>((resolve) => {
      const stop = engine.subscribeWindow(scope, () => {
        stop();
        resolve();
      });
    });
  }
  return engine.window(scope);
}

function names(
  engine: ParleyEngine,
  inThread: readonly { id: string; data: { name: string } }[],
): ThreadCopy['nameOf'] {
  const known = [...engine.allRows('org'), ...engine.allRows('team'), ...inThread, ...engine.allRows('person')];
  const byId = new Map(known.map(({ id, data }) => [id, data.name]));
  return (id) => byId.get(id) ?? (engine.row(threadScope(id), 'thread', id) && 'all');
}
