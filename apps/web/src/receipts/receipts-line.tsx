import { Avatar } from '@parley/ui';
import { Check } from 'lucide-react';
import type { LogMessage } from '../messages/timeline.ts';
import { readersWords } from './readers.ts';
import { useReaders } from './use-receipts.ts';

/** Faces that are drawn; the words say how many there are. */
const FACES = 3;

/** Below the newest message of one's own: who has read it. Its height stays the same, so nothing moves when they do. */
export function ReceiptsLine({ threadId, row, onOpen }: { threadId: string; row: LogMessage; onOpen: () => void }) {
  const readers = useReaders(threadId, row.data);
  const { read, notYet } = readers;
  if (read.length + notYet.length === 0) return null;
  return (
    <button
      type="button"
      className="-ml-1.5 flex min-h-6 max-w-full items-center gap-1.5 rounded-sm px-1.5 text-sm text-ink-3 hover:bg-sunk hover:text-ink-2 pointer-coarse:min-h-11"
      onClick={onOpen}
    >
      {read.length === 0 ? (
        <Check size={13} aria-hidden />
      ) : (
        <span className="flex shrink-0">
          {read.slice(0, FACES).map(({ id, name }) => (
            <Avatar key={id} id={id} name={name} size={16} className="shadow-[0_0_0_1.5px_var(--sheet)]" />
          ))}
        </span>
      )}
      <span className="truncate">{readersWords(readers)}</span>
      <span className="sr-only">. List who has seen your last message</span>
    </button>
  );
}
