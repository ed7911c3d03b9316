import type { Pending } from '@parley/sync/client';
import { waitsForWords } from './item-words.ts';
import { useItems } from './views.ts';

/** Under what cannot go out before something else does. */
export function WaitsFor({ id }: { id: NonNullable<Pending['waitsFor']> }) {
  const awaited = useItems().find((item) => item.id === id);
  return awaited === undefined ? 'Waiting to send' : waitsForWords(awaited);
}
