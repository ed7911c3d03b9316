/**
 * Holes that somebody could leave in what keeps organisations apart, by name. `npm run holes` opens one after the other
 * and demands that tests turn red: each is in the way of the next mistake only as long as they do.
 */
import type { Plugin } from 'vitest/config';

export interface Hole {
  file: string;
  /** What is there, exactly once. */
  before: string;
  after: string;
  /** Tests of which at least one has to fail. */
  tests: readonly string[];
}

export const HOLES: Readonly<Record<string, Hole>> = {
  'a check is missing: whoever takes part for one organisation writes notes of another': {
    file: 'packages/core/src/notes.ts',
    before: 'access.participation.actingOrg !== orgId || ',
    after: '',
    tests: ['packages/db/src/sync/notes.db.test.ts'],
  },
  'a scope is wrong: whoever takes part for one organisation reads notes of another that they belong to': {
    file: 'packages/db/src/sync/readers.ts',
    before: `p.thread_id = ask.id and p.acting_org = ask.org_id
      and p.left_at is null`,
    after: `p.thread_id = ask.id
      and p.left_at is null`,
    tests: ['packages/db/src/sync/notes-leak.db.test.ts', 'apps/api/src/notes-leak.db.test.ts'],
  },
  'row level security is off on one table': {
    file: 'packages/db/src/migrations/0020-row-level-security.ts',
    before: "['note_head', 'note', 'note_revision']",
    after: "['note_head', 'note_revision']",
    tests: ['packages/db/src/row-level-security.db.test.ts'],
  },
};

/** Leaves this hole in what the tests load; nothing where none is named. */
export function leaveHole(name: string | undefined): Plugin {
  const hole = name === undefined ? undefined : HOLES[name];
  return {
    // Vitest keeps what it has transformed under the names of plugins: with a hole is not without.
    name: `hole: ${name ?? 'none'}`,
    enforce: 'pre',
    transform(code, id) {
      if (!hole || !id.split('?')[0]?.endsWith(hole.file)) return undefined;
      if (code.split(hole.before).length !== 2) throw new Error(`${hole.file} has no such place any more.`);
      return { code: code.replace(hole.before, hole.after), map: null };
    },
  };
}
