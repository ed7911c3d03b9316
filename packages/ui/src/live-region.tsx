import { X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { classNames } from './class-names.ts';
import { IconButton } from './icon-button.tsx';
import { dismissNotice, noticeStore, type Notice } from './notices.ts';

/**
 * The page's one polite live region and, above everything, its short-lived lines. Mount it once, always: a region that
 * appears together with its words is not read.
 */
export function LiveRegion() {
  const { spoken, notices } = useSyncExternalStore(noticeStore.subscribe, noticeStore.get);
  return (
    <>
      <div role="status" aria-live="polite" className="sr-only">
        <span key={spoken.turn}>{spoken.text}</span>
      </div>
      {notices.length === 0 ? null : <Notices notices={notices} />}
    </>
  );
}

/** They stand below the head of the page: at its foot is where people write, and on a phone where they go elsewhere. */
function Notices({ notices }: { notices: readonly Notice[] }) {
  return (
    <section
      aria-label="Notices"
      className="pointer-events-none fixed inset-x-0 top-[calc(4.25rem+env(safe-area-inset-top))] z-50 flex flex-col items-center gap-2 px-3"
    >
      {notices.map((notice) => (
        <div
          key={notice.id}
          className={classNames(
            'pointer-events-auto flex min-h-10 max-w-full items-center gap-1 rounded-lg py-1 pr-1 pl-4 text-base font-medium shadow-lift forced:border',
            notice.tone === 'bad' ? 'bg-bad text-on-accent' : 'bg-ink text-paper',
          )}
        >
          <span className="min-w-0 py-1">{notice.text}</span>
          {notice.action === undefined ? null : (
            <button
              type="button"
              className="min-h-8 rounded-sm px-2 font-semibold underline underline-offset-2 pointer-coarse:min-h-11"
              onClick={() => {
                notice.action?.run();
                dismissNotice(notice.id);
              }}
            >
              {notice.action.label}
            </button>
          )}
          <IconButton
            label="Dismiss"
            className="text-current hover:bg-transparent hover:text-current"
            onClick={() => dismissNotice(notice.id)}
          >
            <X size={16} />
          </IconButton>
        </div>
      ))}
    </section>
  );
}
