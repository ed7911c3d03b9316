/** Changes what a thread is to one person. */
import type { Mutator } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { FOLLOW_LEVELS, usualSetting, type ThreadSettingRow } from './thread-settings.ts';
import { accessThread } from './threads.ts';

const changeThreadSettingArgs = z.object({
  threadId: z.uuid(),
  level: z.optional(z.enum(FOLLOW_LEVELS)),
  /** The newest place the actor knew of; `null` brings the thread back. */
  archivedSeq: z.optional(z.nullable(z.int().check(z.gte(0)))),
  pinned: z.optional(z.boolean()),
});

/** Changes the settings that are named, and leaves the others as another device may have set them. Refused: `not_found`. */
export const changeThreadSetting: Mutator<Tables, z.infer<typeof changeThreadSettingArgs>> = {
  name: 'changeThreadSetting',
  version: 1,
  args: changeThreadSettingArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { threadId, level, archivedSeq, pinned }) {
    const scope = userScope(tx.personId);
    const [{ thread }, known] = await Promise.all([
      accessThread(tx, threadId),
      tx.get('threadSetting', scope, threadId),
    ]);
    const before = known ?? usualSetting;
    const next: ThreadSettingRow = {
      level: level ?? before.level,
      archivedSeq: archivedSeq === undefined ? before.archivedSeq : atMost(archivedSeq, thread.lastSeq),
      pinnedAt: pinned === undefined ? before.pinnedAt : pinned ? (before.pinnedAt ?? tx.now) : null,
    };
    const same =
      next.level === before.level && next.archivedSeq === before.archivedSeq && next.pinnedAt === before.pinnedAt;
    if (!same) tx.put('threadSetting', scope, threadId, next);
  },
};

const atMost = (seq: number | null, lastSeq: number): number | null => (seq === null ? null : Math.min(seq, lastSeq));
