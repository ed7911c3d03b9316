/** What a person has chosen for themselves, the same on all their devices. */
import type { Mutator } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { UNTIL_TURNED_OFF } from './do-not-disturb.ts';
import { RECEIPTS_SWITCHED, receiptsOn } from './receipts.ts';
import { userScope } from './scopes.ts';
import type { Tables } from './tables.ts';

/** Seconds in which a message can be taken back before it goes out; 0 sends at once. */
export const UNDO_SECONDS = [0, 5, 10, 30] as const;
export type UndoSeconds = (typeof UNDO_SECONDS)[number];

/** Where there is no row, `standardSettings` hold. */
export interface SettingsRow {
  undoSeconds: UndoSeconds;
  /** What they call themselves; absent while nobody changed the name that the account was made with. */
  name?: string | null;
  /** `false`: others do not learn how far the person has read, nor the person how far they have. */
  receipts?: boolean | null;
  /** `true`: nobody learns that the person is there or types; they see the others all the same. */
  invisible?: boolean | null;
  /** They want to be left alone until then, in milliseconds since 1970. */
  doNotDisturbUntil?: number | null;
}

export const standardSettings: SettingsRow = { undoSeconds: 0 };

const changeSettingsArgs = z.object({
  undoSeconds: z.optional(z.literal([...UNDO_SECONDS])),
  receipts: z.optional(z.boolean()),
  invisible: z.optional(z.boolean()),
  /** 0 turns it off. */
  doNotDisturbUntil: z.optional(z.int().check(z.nonnegative(), z.maximum(UNTIL_TURNED_OFF))),
});

/** Changes what is named and leaves the rest. */
export const changeSettings: Mutator<Tables, z.infer<typeof changeSettingsArgs>> = {
  name: 'changeSettings',
  version: 1,
  args: changeSettingsArgs,
  lane: (_args, personId) => userScope(personId),
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { undoSeconds, receipts, invisible, doNotDisturbUntil }) {
    const scope = userScope(tx.personId);
    const settings = (await tx.get('settings', scope, tx.personId)) ?? standardSettings;
    tx.put('settings', scope, tx.personId, {
      ...settings,
      undoSeconds: undoSeconds ?? settings.undoSeconds,
      receipts: receipts ?? receiptsOn(settings),
      ...(invisible !== undefined && { invisible }),
      ...(doNotDisturbUntil !== undefined && { doNotDisturbUntil }),
    });
    if (receipts !== undefined && receipts !== receiptsOn(settings)) {
      tx.enqueue(RECEIPTS_SWITCHED, { personId: tx.personId });
    }
  },
};
