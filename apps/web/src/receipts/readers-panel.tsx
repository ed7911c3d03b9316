import { threadScope } from '@parley/core/scopes';
import { Avatar } from '@parley/ui';
import { plainText } from '../markdown/plain-text.ts';
import { authorName, useLogDoor } from '../messages/log-door.ts';
import { useRow } from '../sync/views.ts';
import { SidePanel } from '../threads/side-panel.tsx';
import type { Reader } from './readers.ts';
import { useReaders } from './use-receipts.ts';

export interface ReadersPanelProps {
  threadId: string;
  messageId: string;
  onClose: () => void;
}

/** Who has read one message, and who has not yet. */
export function ReadersPanel({ threadId, messageId, onClose }: ReadersPanelProps) {
  const { personId, personName, jumpTo } = useLogDoor();
  const message = useRow(threadScope(threadId), 'message', messageId)?.data;
  const { read, notYet } = useReaders(threadId, message ?? { seq: null, authorId: null });
  return (
    <SidePanel title="Who has seen this" onClose={onClose}>
      <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-5 py-4 max-desk:px-4">
        {message === undefined ? null : (
          <button
            type="button"
            className="mb-5 block w-full rounded-lg bg-sunk px-3 py-2.5 text-left"
            onClick={() => jumpTo(messageId)}
          >
            <b className="font-semibold">{authorName(message, personName)}</b>
            <span className="line-clamp-3 text-ink-2">{plainText(message.text, personName) || 'Message deleted'}</span>
          </button>
        )}
        <People title="Seen" people={read} selfId={personId} empty="Nobody has seen this yet." />
        <People title="Not yet" people={notYet} selfId={personId} empty="Everyone has seen it." />
        {notYet.length === 0 ? null : (
          <p className="text-sm text-ink-3">Whoever has switched read receipts off is listed here too.</p>
        )}
      </div>
    </SidePanel>
  );
}

function People(props: { title: string; people: readonly Reader[]; selfId: string; empty: string }) {
  const { title, people, selfId, empty } = props;
  return (
    <>
      <h3 className="mb-1 flex items-baseline gap-2 font-semibold">
        {title}
        <span className="text-sm font-normal text-ink-3 tabular-nums">{people.length}</span>
      </h3>
      {people.length === 0 ? (
        <p className="mb-5 text-ink-3">{empty}</p>
      ) : (
        <ul aria-label={title} className="-mx-2 mb-4">
          {people.map(({ id, name }) => (
            <li key={id} className="flex min-h-11 items-center gap-2.5 rounded-md px-2">
              <Avatar id={id} name={name} size={26} />
              <span className="min-w-0 truncate">
                {name}
                {id === selfId ? <span className="text-ink-3"> (you)</span> : null}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
