/** The words of notes say whose they are, so that one is known for a note wherever it comes to light. */
import type { ScopeId } from '../../mutator.ts';
import { residentTables } from './program.ts';
import type { Device, World } from './world.ts';

export const secretOf = (scope: ScopeId, author: string, id: string): string =>
  `secret of ${scope} by ${author}: ${id}`;

/** The notes of which there is something in these bytes. */
export const secretsIn = (bytes: string): { scope: ScopeId; author: string }[] =>
  Array.from(bytes.matchAll(/secret of (notes:[\w-]+:\w+) by (\w+)/g), ([, scope = '', author = '']) => ({
    scope,
    author,
  }));

/** Once everything is quiet, nothing of notes of others is left with anybody, but what they wrote and was refused. */
export function judgeSecrets(world: World): void {
  if (!world.hasNotes) return;
  for (const device of world.devices) {
    const { personId, name } = device;
    const { told, own } = bytesOf(device);
    const leaked = secretsIn(told).find(({ scope }) => !world.database.readersOf(scope).includes(personId));
    if (leaked) world.fail('NOTE4', `something of ${leaked.scope} is left in ${name}`);
    const strange = secretsIn(own).find(({ author }) => author !== personId);
    if (strange) world.fail('NOTE4', `a note of ${strange.author} waits in ${name}`);
  }
}

/** All that is on a disk and in view: what the server told, and what waits for the person. */
function bytesOf({ profile: { cache, outbox }, tabs }: Device): { told: string; own: string } {
  const tables = [...residentTables, 'message', 'note', 'pin'] as const;
  const shown = tabs.flatMap(({ engine }) => tables.flatMap((table) => [...engine.allRows(table)]));
  const stored = [...(cache?.rows.values() ?? [])].flatMap((rows) => [...rows.values()]);
  const settled = shown.filter(({ pending }) => pending.length === 0);
  const waiting = shown.filter(({ pending }) => pending.length > 0);
  const kept = [...(outbox?.items.values() ?? []), ...(outbox?.drafts.values() ?? [])];
  return { told: JSON.stringify([stored, settled]), own: JSON.stringify([kept, waiting]) };
}
