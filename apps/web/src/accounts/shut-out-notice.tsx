import { Button } from '@parley/ui';
import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { itemText, itemTitle } from '../sync/item-words.ts';
import { readLeftBehind, type LeftBehind } from './left-behind.ts';
import { saveUnsent, unsentOf } from './unsent-file.ts';

/** For somebody whom their organisation has shut out: what they wrote and nobody else has. */
export function ShutOutNotice({ personId }: { personId: string }) {
  const [left, setLeft] = useState<LeftBehind>({ items: [], drafts: [] });
  useEffect(() => {
    let here = true;
    readLeftBehind(personId).then(
      (found) => here && setLeft(found),
      // A disk that cannot be read has nothing to offer; signing in tries it again.
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [personId]);
  const unsent = unsentOf(left.items);
  const entries = [
    ...unsent.map((item) => ({ key: item.id, title: itemTitle(item), text: itemText(item) })),
    ...left.drafts.map((text, index) => ({ key: String(index), title: 'Draft', text })),
  ];
  if (entries.length === 0) return null;
  return (
    <section aria-label="Kept on this device" className="mb-6 flex flex-col gap-3">
      <ul className="flex max-h-72 flex-col divide-y divide-line overflow-y-auto rounded-lg border border-line">
        {entries.map(({ key, title, text }) => (
          <li key={key} className="px-3 py-2">
            <b className="text-sm font-semibold text-ink-2">{title}</b>
            <p className="line-clamp-3 text-base break-words whitespace-pre-line">{text}</p>
          </li>
        ))}
      </ul>
      <Button icon={<Download size={15} aria-hidden />} onClick={() => saveUnsent(unsent, left.drafts)}>
        Save as file
      </Button>
    </section>
  );
}
