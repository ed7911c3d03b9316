import type { Pin as Pinned } from '@parley/core/pinned';
import { Avatar, EmptyState, IconButton, Time } from '@parley/ui';
import { Pin, PinOff } from 'lucide-react';
import { plainText } from '../markdown/plain-text.ts';
import { SidePanel } from '../threads/side-panel.tsx';
import { UNKNOWN_PERSON, useLogDoor } from './log-door.ts';

/** What is pinned in a thread, the newest pin first; a press leads to the message. */
export function PinsPanel({ pins, onClose }: { pins: readonly Pinned[]; onClose: () => void }) {
  const { personId, personName, jumpTo, pin } = useLogDoor();
  return (
    <SidePanel title="Pinned" onClose={onClose}>
      <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto p-2" tabIndex={-1}>
        {pins.length === 0 ? (
          <EmptyState icon={<Pin size={22} strokeWidth={1.8} />} title="Nothing is pinned">
            Pin what people keep asking for. Everybody in the thread sees it here.
          </EmptyState>
        ) : (
          <ul aria-label="Pinned messages" className="flex flex-col gap-1">
            {pins.map(({ messageId, authorId, by, sentAt, snippet }) => {
              const author = (authorId === null ? undefined : personName(authorId)) ?? UNKNOWN_PERSON;
              const words = plainText(snippet, personName);
              return (
                <li key={messageId} className="group relative flex rounded-lg hover:bg-sunk">
                  <button
                    type="button"
                    className="grid min-w-0 flex-1 grid-cols-[26px_minmax(0,1fr)] gap-x-2.5 rounded-lg px-3 py-2.5 text-left -outline-offset-2"
                    onClick={() => jumpTo(messageId)}
                  >
                    <Avatar id={authorId ?? 'system'} name={author} size={26} />
                    <span className="min-w-0">
                      <span className="flex items-baseline gap-2 pr-9">
                        <b className="truncate font-semibold">{author}</b>
                        <Time at={sentAt} className="shrink-0 text-sm text-ink-3" />
                      </span>
                      <span className="line-clamp-3 text-ink-2">{words}</span>
                      <span className="mt-0.5 block text-sm text-ink-3">
                        Pinned by {by === personId ? 'you' : (personName(by) ?? UNKNOWN_PERSON)}
                      </span>
                    </span>
                  </button>
                  <IconButton
                    label={`Unpin: ${words.slice(0, 60)}`}
                    size="small"
                    className="absolute top-2 right-2"
                    onClick={() => pin(messageId, false)}
                  >
                    <PinOff size={15} />
                  </IconButton>
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </SidePanel>
  );
}
