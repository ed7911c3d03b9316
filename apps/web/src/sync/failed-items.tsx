import type { Pending } from '@parley/sync/client';
import { Button, Dialog, Time } from '@parley/ui';
import { attempt } from './attempt.ts';
import { useEngine } from './engine-provider.tsx';
import { itemText, itemTitle } from './item-words.ts';

/** What the server refused, each with its reason and the ways out. Nothing typed is dropped unless its author says so. */
export function FailedItems({ items }: { items: readonly Pending[] }) {
  const engine = useEngine();
  return (
    <ul aria-label="Could not be sent" className="flex flex-col gap-3 text-left">
      {items.map((item) => {
        const text = itemText(item);
        return (
          <li key={item.id} className="rounded-lg border border-line p-3">
            <div className="flex items-baseline gap-2">
              <b className="font-semibold">{itemTitle(item)}</b>
              <Time at={item.at} className="text-sm text-ink-3" />
            </div>
            {text === null ? null : <p className="mt-1 line-clamp-4 text-ink-2">{text}</p>}
            <p className="mt-1 text-sm font-medium text-bad">{item.message ?? 'The server refused it.'}</p>
            <div className="mt-2 flex flex-wrap gap-2">
              <Button size="small" onClick={() => void attempt(engine.retry(item.id))}>
                Retry
              </Button>
              {text === null ? null : (
                <Button size="small" onClick={() => void navigator.clipboard.writeText(text)}>
                  Copy
                </Button>
              )}
              <Button size="small" look="plain" onClick={() => void engine.discard(item.id)}>
                Delete
              </Button>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** The same above the page, for the line at the foot of the list. */
export function FailedItemsDialog({ items, onClose }: { items: readonly Pending[]; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Could not be sent"
      description={items.length === 0 ? 'Nothing is left here.' : 'Kept on this device until you decide.'}
    >
      <FailedItems items={items} />
    </Dialog>
  );
}
