/**
 * What is new for a person, worked out from what their engine holds: every message once, in the order of its thread,
 * also what came while there was no connection; and what becomes of their threads.
 */
import { undisturbedUntil } from '@parley/core/do-not-disturb';
import { ownGroups } from '@parley/core/groups';
import type { MessageRow } from '@parley/core/messages';
import { threadScope, userScope } from '@parley/core/scopes';
import { usualSetting } from '@parley/core/thread-settings';
import type { ParticipationRow, ThreadRow } from '@parley/core/threads';
import { countsAsUnread } from '@parley/core/unread';
import type { ViewRow } from '@parley/sync/client';
import type { ScopeId } from '@parley/sync/mutator';
import type { LiveEngine } from './live-engine.ts';

export interface ThreadMessage extends MessageRow {
  id: string;
  threadId: string;
}

export interface Thread extends ThreadRow {
  id: string;
}

export interface NewMessage {
  message: ThreadMessage;
  /** As it is by now. */
  thread: Thread;
}

export interface ThreadChange {
  threadId: string;
  /** `changed`: its subject, or whether it is resolved; messages are told of as messages. */
  change: 'joined' | 'changed' | 'left';
  /** `null` once the person has left, or was removed. */
  thread: Thread | null;
}

/** A new message that the person wants to hear of: by what they chose for its thread, and not while they are to be left alone. */
export interface Notification extends NewMessage {
  /** Whether it names them, or a group they are in. */
  reason: 'mention' | 'message';
}

export interface NewsOptions {
  engine: LiveEngine;
  personId: string;
  onMessage: (news: NewMessage) => void;
  onThread: (news: ThreadChange) => void;
  onNotification: (notification: Notification) => void;
}

interface Known {
  /** Of the participation: it grows when the person is let in again. */
  epoch: number;
  /** Place of the newest message that was told of or was there before. */
  seq: number;
  /** Messages before this moment, by the server's clock, were there before the person was. */
  since: number;
  row: ViewRow<ThreadRow> | undefined;
}

/** Tells what is new from now on; where the engine has yet to be filled, from then on. Returns how to stop. */
export function watchNews({ engine, personId, onMessage, onThread, onNotification }: NewsOptions): () => void {
  const own = userScope(personId);
  const known = new Map<string, Known>();
  /** When the person last left a thread: one who is let in again may have joined long before. */
  const left = new Map<string, number>();
  const telling = new Set<string>();
  const waiting = new Set<() => void>();
  let begun = false;
  let over = false;

  const reasonFor = ({ message, thread }: NewMessage): Notification['reason'] | null => {
    if (undisturbedUntil(engine.row(own, 'settings', personId)?.data, Date.now()) !== null) return null;
    const { level } = engine.row(own, 'threadSetting', thread.id)?.data ?? usualSetting;
    const readSeq = engine.row(own, 'readPosition', thread.id)?.data.seq ?? 0;
    if (level === 'nothing' || (message.seq ?? 0) <= readSeq || !countsAsUnread(message, personId)) return null;
    const groups = ownGroups(personId, engine.allRows('membership'), engine.allRows('team'));
    const selfIds = groups.add(personId).add(thread.id);
    if (message.mentions.some((id) => selfIds.has(id))) return 'mention';
    return level === 'all' ? 'message' : null;
  };
  const headOf = (threadId: string) => engine.row(threadScope(threadId), 'thread', threadId);
  // What waits to be sent is no news yet.
  const participations = () => engine.rows(own, 'participation').filter(({ pending }) => pending.length === 0);

  const begin = () => {
    begun = true;
    for (const { id, data } of participations()) {
      if (data.leftAt !== null) left.set(id, data.leftAt);
      else known.set(id, { epoch: data.epoch, seq: headOf(id)?.data.lastSeq ?? Infinity, since: 0, row: headOf(id) });
    }
  };

  const look = () => {
    if (over || !engine.status().ready) return;
    if (!begun) return begin();
    for (const { id, data } of participations()) lookAt(id, data);
  };

  const lookAt = (threadId: string, { epoch, joinedAt, leftAt }: ParticipationRow) => {
    const before = known.get(threadId);
    if (leftAt !== null) {
      left.set(threadId, leftAt);
      if (known.delete(threadId)) onThread({ threadId, change: 'left', thread: null });
      return;
    }
    const row = headOf(threadId);
    const isSameStay = before?.epoch === epoch;
    // Not here yet, or on its way once more.
    if (row === undefined || (isSameStay && before.row === row)) return;
    const { seq, since } = isSameStay ? before : { seq: 0, since: Math.max(joinedAt, left.get(threadId) ?? 0) };
    // After a restore from a backup places are given once more.
    known.set(threadId, { epoch, seq: Math.min(seq, row.data.lastSeq), since, row });
    if (!isSameStay) onThread({ threadId, change: 'joined', thread: threadOf(row) });
    else if (before.row && besidesMessages(before.row) !== besidesMessages(row)) {
      onThread({ threadId, change: 'changed', thread: threadOf(row) });
    }
    void tell(threadId);
  };

  /** Tells of what a thread has above the place that was told of last. */
  async function tell(threadId: string): Promise<void> {
    if (telling.has(threadId)) return;
    telling.add(threadId);
    const scope = threadScope(threadId);
    let close: (() => void) | undefined;
    try {
      for (;;) {
        const at = known.get(threadId);
        const lastSeq = headOf(threadId)?.data.lastSeq ?? 0;
        if (over || at === undefined || lastSeq <= at.seq) return;
        close ??= engine.open(scope);
        if (isAllThere(threadId, at)) tellRows(threadId, lastSeq);
        else await reachFurther(scope);
      }
    } finally {
      close?.();
      telling.delete(threadId);
    }
  }

  /** Whether all that is new is in memory: back to what is known, and up to what the thread says is its newest. */
  const isAllThere = (threadId: string, { seq, since }: Known): boolean => {
    const scope = threadScope(threadId);
    const { low, complete } = engine.window(scope);
    const [oldest] = engine.rows(scope, 'message');
    const last = headOf(threadId)?.data.lastMessage;
    if (last && engine.row(scope, 'message', last.id) === undefined) return false;
    return complete || low <= seq + 1 || (oldest !== undefined && oldest.data.createdAt < since);
  };

  const reachFurther = async (scope: ScopeId): Promise<void> => {
    const { low, loading } = engine.window(scope);
    const changed = changeOf(scope);
    if (!loading) await engine.loadOlder(scope);
    if (engine.window(scope).low === low) await changed;
  };

  /** Resolves when something may have changed that is waited for. */
  const changeOf = (scope: ScopeId): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        waiting.delete(done);
        for (const stop of stops) stop();
        resolve();
      };
      waiting.add(done);
      const stops = [
        engine.subscribeWindow(scope, done),
        engine.subscribe(scope, 'thread', done),
        engine.subscribe(own, 'participation', done),
        engine.subscribeStatus(done),
      ];
    });

  function tellRows(threadId: string, lastSeq: number): void {
    const { seq: from, since } = known.get(threadId) ?? { seq: Infinity, since: 0 };
    for (const { id, data } of engine.rows(threadScope(threadId), 'message')) {
      const { seq } = data;
      const at = known.get(threadId);
      const head = headOf(threadId);
      if (over || at === undefined || head === undefined) return;
      if (seq === null || seq <= from || seq > lastSeq || data.createdAt < since) continue;
      at.seq = seq;
      const news = { message: { ...data, id, threadId }, thread: threadOf(head) };
      const reason = reasonFor(news);
      onMessage(news);
      if (reason !== null) onNotification({ reason, ...news });
    }
    const at = known.get(threadId);
    // What is above was deleted for good.
    if (at) known.set(threadId, { ...at, seq: Math.max(at.seq, lastSeq), since: 0 });
  }

  const stops = [
    engine.subscribe(null, 'thread', look),
    engine.subscribe(own, 'participation', look),
    engine.subscribeStatus(() => (begun ? undefined : look())),
  ];
  look();
  return () => {
    over = true;
    for (const stop of stops) stop();
    for (const done of waiting) done();
  };
}

const threadOf = ({ id, data }: ViewRow<ThreadRow>): Thread => ({ ...data, id });

const besidesMessages = ({ data }: ViewRow<ThreadRow>): string =>
  JSON.stringify({ ...data, lastSeq: null, lastMessage: null });
