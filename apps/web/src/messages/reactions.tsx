import { classNames, formatList } from '@parley/ui';
import { UNKNOWN_PERSON, useLogDoor } from './log-door.ts';
import type { LogMessage } from './timeline.ts';
import { ReactionPicker } from './reaction-picker.tsx';

/** Who reacted with what; a press joins in or takes back. */
export function Reactions({ row }: { row: LogMessage }) {
  const { personId, personName, react } = useLogDoor();
  const reactions = Object.entries(row.data.reactions);
  if (reactions.length === 0) return null;
  return (
    <div role="group" aria-label="Reactions" className="mt-1.5 flex flex-wrap items-center gap-1.5">
      {reactions.map(([emoji, people]) => {
        const mine = people.includes(personId);
        const names = formatList(people.map((id) => (id === personId ? 'you' : (personName(id) ?? UNKNOWN_PERSON))));
        return (
          <button
            key={emoji}
            type="button"
            aria-pressed={mine}
            aria-label={`${emoji} ${people.length}: ${names}`}
            data-tooltip={names}
            className={classNames(
              'inline-flex min-h-6 items-center gap-1.5 rounded-full border px-2 text-sm tabular-nums pointer-coarse:min-h-9',
              mine
                ? 'border-accent bg-accent-soft font-medium text-accent-strong'
                : 'border-line text-ink-2 hover:bg-sunk',
            )}
            onClick={() => react(row.id, emoji, !mine)}
          >
            <span aria-hidden>{emoji}</span>
            <span aria-hidden>{people.length}</span>
          </button>
        );
      })}
      <span className="opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100">
        <ReactionPicker small onPick={(emoji) => react(row.id, emoji, true)} />
      </span>
    </div>
  );
}
