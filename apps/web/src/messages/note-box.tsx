import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLogDoor } from './log-door.ts';

/** Sets a note apart from what partners read too; a following one of the same author goes without the words. */
export function NoteBox({ titled, children }: { titled: boolean; children: ReactNode }) {
  const { noteReaders } = useLogDoor();
  return (
    <div className="mt-1 w-fit max-w-full rounded-lg border border-note-line bg-note px-3 py-2">
      {titled ? (
        <p className="mb-0.5 flex items-center gap-1.5 text-sm font-semibold text-note-ink">
          <Lock size={13} aria-hidden className="shrink-0" />
          Note, only {noteReaders} sees this
        </p>
      ) : null}
      {children}
    </div>
  );
}
