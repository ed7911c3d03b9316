import type { ScheduledRow } from '@parley/core/scheduled';
import { MESSAGE_LENGTH } from '@parley/core/text';
import type { ViewRow } from '@parley/sync/client';
import { Button, Dialog, TextField } from '@parley/ui';
import { useId, useState } from 'react';
import { fromLocalField, ownZone, toLocalField } from '../messages/schedule-times.ts';
import { attempt } from '../sync/attempt.ts';
import { useEngine } from '../sync/engine-provider.tsx';
import { useStoredText, useTypedText } from './use-typed-text.ts';

const HOUR_MS = 3_600_000;

/** Another text or time for a scheduled message. */
export function EditScheduled({ row, onClose }: { row: ViewRow<ScheduledRow>; onClose: () => void }) {
  const engine = useEngine();
  const id = useId();
  const { threadId, dueAt } = row.data;
  const typed = useTypedText(threadId);
  const stored = useStoredText(threadId);
  const [text, setText] = useState(() => typed(row.data.text));
  const [value, setValue] = useState(() => toLocalField(Math.max(dueAt, Date.now() + HOUR_MS)));
  const at = fromLocalField(value);
  const isUsable = at !== null && text.trim() !== '' && stored(text).length <= MESSAGE_LENGTH;
  const save = async () => {
    if (!isUsable) return;
    const args = { threadId, messageId: row.id, text: stored(text.trim()), dueAt: at };
    if (await attempt(engine.mutate('changeScheduled', args))) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Scheduled message"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={!isUsable} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-col gap-1.5">
          <label htmlFor={id} className="text-base font-medium text-ink">
            Text
          </label>
          <textarea
            id={id}
            value={text}
            rows={4}
            className="max-h-[40dvh] min-h-24 w-full resize-none rounded-md border border-edge bg-sheet px-3 py-2 text-base outline-none [field-sizing:content] focus-visible:border-accent focus-visible:outline-2 focus-visible:outline-offset-1 focus-visible:outline-accent pointer-coarse:text-[1rem]"
            onChange={({ target }) => setText(target.value)}
          />
        </div>
        <TextField
          type="datetime-local"
          label="Goes out"
          hint={ownZone()}
          value={value}
          onChange={({ target }) => setValue(target.value)}
        />
      </div>
    </Dialog>
  );
}
