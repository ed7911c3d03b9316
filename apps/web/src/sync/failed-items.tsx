import type { Pending } from '@parley/sync/client';
import { Button, Dialog, Time } from '@parley/ui';
import { useId, useState } from 'react';
import { attempt } from './attempt.ts';
import { useEngine } from './engine-provider.tsx';
import { itemText, itemTitle, withText } from './item-words.ts';
import { useItems } from './views.ts';

/** What the server refused, each with its reason and the ways out. Nothing typed is dropped unless its author says so. */
export function FailedItems({ items }: { items: readonly Pending[] }) {
  return (
    <ul aria-label="Could not be sent" className="flex flex-col gap-3 text-left">
      {items.map((item) => (
        <FailedItem key={item.id} item={item} />
      ))}
    </ul>
  );
}

function FailedItem({ item }: { item: Pending }) {
  const engine = useEngine();
  const [editing, setEditing] = useState(false);
  const waiting = useItems().filter(({ waitsFor }) => waitsFor === item.id).length;
  const text = itemText(item);
  return (
    <li className="rounded-lg border border-line p-3">
      <div className="flex items-baseline gap-2">
        <b className="font-semibold">{itemTitle(item)}</b>
        <Time at={item.at} className="text-sm text-ink-3" />
      </div>
      {editing ? (
        <ItemEditor item={item} onDone={() => setEditing(false)} />
      ) : (
        <>
          {text === null ? null : <p className="mt-1 line-clamp-4 whitespace-pre-line text-ink-2">{text}</p>}
          <p className="mt-1 text-sm font-medium text-bad">{item.message ?? 'The server refused it.'}</p>
          {waiting === 0 ? null : (
            <p className="mt-1 text-sm text-ink-3">
              {waiting === 1 ? '1 change waits for this.' : `${waiting} changes wait for this.`}
            </p>
          )}
          <div className="mt-2 flex flex-wrap gap-2">
            {item.code === 'orphaned' ? null : (
              <Button size="small" onClick={() => void attempt(engine.retry(item.id))}>
                Retry
              </Button>
            )}
            {text === null ? null : (
              <>
                <Button size="small" onClick={() => setEditing(true)}>
                  Edit
                </Button>
                <Button size="small" onClick={() => void navigator.clipboard.writeText(text)}>
                  Copy
                </Button>
              </>
            )}
            <Button size="small" look="plain" onClick={() => void engine.discard(item.id)}>
              Delete
            </Button>
          </div>
        </>
      )}
    </li>
  );
}

/** Changes what was refused and sends it once more; until then the refused one stays as it is. */
function ItemEditor({ item, onDone }: { item: Pending; onDone: () => void }) {
  const engine = useEngine();
  const id = useId();
  const [text, setText] = useState(itemText(item) ?? '');
  const send = async () => {
    if (await attempt(engine.retry(item.id, withText(item, text)))) onDone();
  };
  return (
    <form
      className="mt-2 flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label htmlFor={id} className="sr-only">
        {itemTitle(item)}
      </label>
      <textarea
        id={id}
        autoFocus
        rows={Math.min(8, text.split('\n').length + 1)}
        className="w-full rounded-md border border-edge bg-sheet px-3 py-2 text-base"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="flex gap-2">
        <Button size="small" type="submit" look="primary" disabled={text.trim() === ''}>
          Send
        </Button>
        <Button size="small" look="plain" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
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
