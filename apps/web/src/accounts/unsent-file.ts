/** What has not reached the server, as a file that a person can read and keep. */
import { mutators, type MutatorName } from '@parley/core/mutators';
import type { Pending } from '@parley/sync/client';
import { itemText, itemTitle } from '../sync/item-words.ts';
import { saveText } from './save-text.ts';

export type Unsent = Pick<Pending, 'id' | 'name' | 'args' | 'at' | 'state' | 'message'>;

/** What a person would miss: read positions and their like happen by themselves. */
export const unsentOf = <Item extends Pick<Pending, 'name'> & { state: string }>(
  items: readonly Item[],
): readonly Item[] =>
  items.filter(({ state, name }) => state !== 'applied' && name in mutators && !isSilent(name as MutatorName));

const isSilent = (name: MutatorName): boolean => 'silent' in mutators[name] && mutators[name].silent;

/** One entry for each change, the words that were typed first; `arguments` holds everything, so that nothing is lost. */
export function unsentText(items: readonly Unsent[], drafts: readonly string[] = []): string {
  const entries: object[] = items.map((item) => {
    const { args, at, message } = item;
    const text = itemText(item);
    return {
      what: itemTitle(item),
      ...(text !== null && { text }),
      written: new Date(at).toISOString(),
      ...(message !== null && { refused: message }),
      arguments: args,
    };
  });
  entries.push(...drafts.map((text) => ({ what: 'Draft', text })));
  return `${JSON.stringify(entries, null, 2)}\n`;
}

/** Offers the file to the person. */
export function saveUnsent(items: readonly Unsent[], drafts: readonly string[] = []): void {
  const name = `parley-unsent-${new Date().toISOString().slice(0, 10)}.json`;
  saveText(unsentText(items, drafts), { name, type: 'application/json' });
}
