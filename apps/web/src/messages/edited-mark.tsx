import { Popover, Time } from '@parley/ui';
import { Markdown } from '../markdown/markdown.tsx';
import { useLogDoor } from './log-door.ts';
import type { LogMessage } from './timeline.ts';

/** "edited", leading to what the message said before. */
export function EditedMark({ row }: { row: LogMessage }) {
  const door = useLogDoor();
  return (
    <Popover
      label="Earlier texts"
      side="top"
      align="start"
      trigger={(props) => (
        <button
          type="button"
          {...props}
          className="-my-1 -ml-1 inline-flex min-h-6 shrink-0 items-center rounded-sm px-1 text-sm text-ink-3 hover:bg-sunk hover:text-ink-2"
        >
          edited
        </button>
      )}
    >
      <ul className="flex max-h-80 max-w-[min(28rem,80vw)] flex-col gap-3 overflow-y-auto">
        {door.revisionsOf(row.id).map((revision) => (
          <li key={revision.writtenAt}>
            <Time at={revision.writtenAt} className="text-sm text-ink-3" />
            <Markdown text={revision.text} personName={door.personName} selfIds={door.selfIds} />
          </li>
        ))}
        {door.revisionsOf(row.id).length === 0 ? (
          <li className="text-ink-3">Earlier texts are not on this device.</li>
        ) : null}
      </ul>
    </Popover>
  );
}
