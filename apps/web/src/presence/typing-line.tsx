import { announce } from '@parley/ui';
import { Lock } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { typingWords } from './typing-words.ts';
import type { PeopleThere } from '@parley/client/live/people-there';

export interface TypingLineProps {
  inThread: PeopleThere;
  inNotes: PeopleThere;
  personName: (personId: string) => string | undefined;
}

/** Milliseconds in which it is not said again that somebody types: it is seen, and not worth hearing at every pause. */
const SAID_AGAIN = 30_000;

/** Who is writing just now, below the field. The line is always there, so that nothing moves. */
export function TypingLine({ inThread, inNotes, personName }: TypingLineProps) {
  const namesIn = (people: PeopleThere) =>
    [...people].flatMap(([id, { isTyping }]) => (isTyping ? [personName(id) ?? 'Somebody'] : [])).sort();
  const words = typingWords(namesIn(inThread), 'message');
  const noteWords = typingWords(namesIn(inNotes), 'note');
  const said = [words, noteWords].filter(Boolean).join(' ');
  const saidAt = useRef(-Infinity);
  useEffect(() => {
    if (said === '' || Date.now() - saidAt.current < SAID_AGAIN) return;
    saidAt.current = Date.now();
    announce(said);
  }, [said]);
  return (
    <p className="-mt-3 flex h-5 shrink-0 items-center gap-3 px-7.5 text-xs text-ink-2 max-desk:-mt-1.5 max-desk:px-5.5">
      {words === '' ? null : <span className="truncate">{words}</span>}
      {noteWords === '' ? null : (
        <span className="flex min-w-0 items-center gap-1 text-note-ink">
          <Lock size={11} aria-hidden className="shrink-0" />
          <span className="truncate">{noteWords}</span>
        </span>
      )}
    </p>
  );
}
