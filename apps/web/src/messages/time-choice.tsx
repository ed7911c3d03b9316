import { Button, TextField } from '@parley/ui';
import { useState, type FormEvent } from 'react';
import { fromLocalField, momentWords, ownZone, schedulePresets, toLocalField } from './schedule-times.ts';

/** Usual times to press, and any other to fill in. */
export function TimeChoice({ onPick }: { onPick: (at: number) => void }) {
  const [now] = useState(() => Date.now());
  const [value, setValue] = useState(() => toLocalField(schedulePresets(now).at(-1)?.at ?? now));
  const [problem, setProblem] = useState<string | undefined>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The composer around it is a form of its own.
    event.stopPropagation();
    const at = fromLocalField(value);
    if (at === null) setProblem('Fill in a day and a time.');
    else if (at <= Date.now()) setProblem('This moment has passed.');
    else onPick(at);
  };
  return (
    <form onSubmit={submit} className="flex w-80 max-w-[calc(100vw-1.5rem)] flex-col">
      <ul className="flex flex-col p-1">
        {schedulePresets(now).map(({ label, at }) => (
          <li key={label}>
            <button
              type="button"
              className="flex min-h-9 w-full items-center justify-between gap-4 rounded-sm px-2.5 text-left text-base hover:bg-sunk pointer-coarse:min-h-11"
              onClick={() => onPick(at)}
            >
              <span className="whitespace-nowrap">{label}</span>
              <span className="text-sm whitespace-nowrap text-ink-3">{momentWords(at)}</span>
            </button>
          </li>
        ))}
      </ul>
      <div className="flex flex-col gap-3 border-t border-line p-3">
        <TextField
          type="datetime-local"
          label="Another time"
          hint={ownZone()}
          error={problem}
          min={toLocalField(now)}
          value={value}
          onChange={({ target }) => {
            setValue(target.value);
            setProblem(undefined);
          }}
        />
        <Button type="submit" look="primary">
          Schedule
        </Button>
      </div>
    </form>
  );
}
