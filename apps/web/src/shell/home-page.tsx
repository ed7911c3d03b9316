import { Kbd } from '@parley/ui';
import type { ReactNode } from 'react';

/** The room beside the list while no thread is open. A phone shows the list in its place. */
export function HomePage() {
  return (
    <div
      className="grid min-h-0 flex-1 place-items-center bg-sheet p-6 max-desk:hidden"
      tabIndex={-1}
      data-region-focus
    >
      <div className="flex flex-col gap-6 text-base">
        <p className="text-center text-lg text-ink-2">Choose a thread, or start one.</p>
        <dl className="grid grid-cols-[auto_auto] items-center gap-x-5 gap-y-2.5 text-ink-3">
          <Key keys={['Alt', 'Shift', '↓']}>Next unread</Key>
          <Key keys={['U', 'P', 'E', 'M']}>In the list: unread, pin, archive, mute</Key>
          <Key keys={['F6']}>Between list and page</Key>
          <Key keys={['Shift', 'Enter']}>New line in a message</Key>
        </dl>
      </div>
    </div>
  );
}

function Key({ keys, children }: { keys: string[]; children: ReactNode }) {
  return (
    <>
      <dt className="flex justify-end gap-1">
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </dt>
      <dd>{children}</dd>
    </>
  );
}
