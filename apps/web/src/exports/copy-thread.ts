/** A thread as this device can give it out. */
import type { MessageRow, RevisionRow } from '@parley/core/messages';
import { threadPeopleScope, threadScope } from '@parley/core/scopes';
import type { ParticipantRow, ThreadRow } from '@parley/core/threads';
import type { ScopeId } from '@parley/sync/mutator';
import type { ParleyEngine } from '../sync/engine-provider.tsx';

export interface ThreadCopy {
  id: string;
  thread: ThreadRow;
  people: readonly { id: string; data: ParticipantRow }[];
  /** By place; what the server has not confirmed comes last, without one. */
  messages: readonly { id: string; data: MessageRow }[];
  /** Earlier texts by message, oldest first. */
  revisions: ReadonlyMap<string, readonly RevisionRow[]>;
  /** `false`: what is older than the first message is not on this device, and could not be fetched. */
  complete: boolean;
  /** What an id is called: of a person, an organisation or a team. */
  nameOf: (id: string) => string | undefined;
}

/** Everything of a thread that is on this device or can be fetched now; `undefined` where there is no such thread. */
export async function copyThread(engine: ParleyEngine, threadId: string): Promise<ThreadCopy | undefined> {
  const scope = threadScope(threadId);
  // Read from disk in this order, so that people are there when messages are.
  const close = [engine.open(threadPeopleScope(threadId)), engine.open(scope)];
  try {
    const thread = engine.row(scope, 'thread', threadId)?.data;
    if (thread === undefined) return undefined;
    for (;;) {
      const window = await settled(engine, scope);
      if (window.complete || window.unreachable) break;
      await engine.loadOlder(scope);
    }
    const people = engine.rows(threadPeopleScope(threadId), 'participant');
    return {
      id: threadId,
      thread,
      people,
      messages: engine.rows(scope, 'message'),
      revisions: Map.groupBy(
        engine
          .rows(scope, 'revision')
          .map(({ data }) => data)
          .sort((one, other) => one.writtenAt - other.writtenAt),
        ({ messageId }) => messageId,
      ),
      complete: engine.window(scope).complete,
      nameOf: names(engine, [...engine.rows(threadPeopleScope(threadId), 'group'), ...people]),
    };
  } finally {
    for (const end of close) end();
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
