import { Bookmark, Pin } from 'lucide-react';
import { useContext } from 'react';
import { UNKNOWN_PERSON, useLogDoor } from './log-door.ts';
import { LogMarksContext } from './log-marks.ts';

/** Above a text: that it is pinned, and by whom; that the reader saved it. */
export function RowMarks({ messageId }: { messageId: string }) {
  const { personId, personName } = useLogDoor();
  const { pinByMessageId, saved } = useContext(LogMarksContext);
  const pin = pinByMessageId.get(messageId);
  if (pin === undefined && !saved.has(messageId)) return null;
  return (
    <p className="flex min-h-5 flex-wrap items-center gap-x-3 text-sm text-ink-3">
      {pin === undefined ? null : (
        <span className="flex items-center gap-1.5">
          <Pin size={12} aria-hidden />
          Pinned by {pin.by === personId ? 'you' : (personName(pin.by) ?? UNKNOWN_PERSON)}
        </span>
      )}
      {saved.has(messageId) ? (
        <span className="flex items-center gap-1.5">
          <Bookmark size={12} aria-hidden />
          Saved
        </span>
      ) : null}
    </p>
  );
}
