import { announce, Segmented } from '@parley/ui';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { WrittenKind } from './written-kind.ts';

export interface NoteSwitchProps {
  value: WrittenKind;
  /** `from` says where the person was: at the switch with the keyboard, or on the way to the field. */
  onChange: (kind: WrittenKind, from: 'switch' | 'field') => void;
  /** Why no message can be written here; `null` where one can. */
  noMessages: string | null;
  /** It had the focus in the composer that was here before. */
  takesFocus: boolean;
}

/** A message, which partners read, or a note, which they do not. Alt+Shift+N changes over from anywhere in the thread. */
export function NoteSwitch({ value, onChange, noMessages, takesFocus }: NoteSwitchProps) {
  const own = useRef<HTMLDivElement>(null);
  const byPointer = useRef(false);
  useLayoutEffect(() => {
    if (takesFocus) own.current?.querySelector<HTMLElement>('input:checked')?.focus();
  }, [takesFocus]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      // The key, not the letter: with Alt some keyboards type another one.
      if (event.code !== 'KeyN' || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      if (event.repeat) return;
      if (noMessages !== null) announce(noMessages);
      else onChange(value === 'note' ? 'message' : 'note', 'field');
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [value, onChange, noMessages]);
  return (
    <div
      ref={own}
      className="shrink-0 font-normal"
      data-tooltip={noMessages ?? 'Alt+Shift+N'}
      aria-keyshortcuts="Alt+Shift+N"
      onPointerDown={() => {
        byPointer.current = true;
      }}
      onKeyDown={() => {
        byPointer.current = false;
      }}
    >
      <Segmented
        label="What you write"
        value={value}
        options={[
          { value: 'message', label: 'Message', disabled: noMessages !== null },
          { value: 'note', label: 'Note' },
        ]}
        onChange={(kind) => onChange(kind, byPointer.current ? 'field' : 'switch')}
      />
    </div>
  );
}
