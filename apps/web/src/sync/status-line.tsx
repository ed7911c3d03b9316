import { classNames, formatRelative, useMinute } from '@parley/ui';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { statusWords } from './status-words.ts';
import { useFailedItems, useStatus } from './views.ts';

const FailedItemsDialog = lazy(async () => ({ default: (await import('./failed-items.tsx')).FailedItemsDialog }));

const dots = { good: 'bg-good', quiet: 'border border-ink-3', bad: 'bg-bad' } as const;
const justNowMs = 60_000;

/** The foot of the list: says that everything is saved, or what waits and why. Leads to what could not be sent. */
export function StatusLine() {
  const status = useStatus();
  const now = useMinute();
  const [looking, setLooking] = useState(false);
  const live = status.connection.state === 'live';
  // While the connection lives everything arrives as it happens: "just now" stays true.
  const ago = (at: number) => (live || now - at < justNowMs ? 'just now' : formatRelative(at, now));
  const words = statusWords(status, ago);
  const className = 'flex min-h-10 w-full items-center gap-2 border-t border-line px-4 py-2 text-left text-sm';
  const body = (
    <>
      <span aria-hidden className={classNames('size-2 shrink-0 rounded-full', dots[words.tone])} />
      <span className="truncate">{words.text}</span>
    </>
  );
  return (
    <>
      {words.leadsTo === 'failed' ? (
        <button
          type="button"
          className={classNames(className, 'font-medium text-bad hover:bg-sunk pointer-coarse:min-h-11')}
          onClick={() => setLooking(true)}
        >
          {body}
        </button>
      ) : (
        <Link
          to="/activity"
          className={classNames(
            className,
            'hover:bg-sunk pointer-coarse:min-h-11',
            words.tone === 'bad' ? 'text-bad' : 'text-ink-3',
          )}
        >
          {body}
        </Link>
      )}
      {looking ? (
        <Suspense>
          <FailedItemsOfQueue onClose={() => setLooking(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

function FailedItemsOfQueue({ onClose }: { onClose: () => void }) {
  return <FailedItemsDialog items={useFailedItems()} onClose={onClose} />;
}
