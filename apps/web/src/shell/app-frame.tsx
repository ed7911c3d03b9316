import { loadOverlays } from '@parley/ui';
import { Outlet, useMatchRoute, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { checkSession, useSession } from '../accounts/session.ts';
import { fetchMutators } from '../sync/engine-options.ts';
import { SignedInEngine } from '../sync/signed-in-engine.tsx';
import { useStatusPart } from '../sync/views.ts';
import { ThreadList } from '../threads/thread-list.tsx';
import { Rail } from './rail.tsx';
import { cycleRegions } from './regions.ts';
import { TabBar } from './tab-bar.tsx';

/**
 * The frame of everything behind sign-in: rail, list and page side by side; on a phone one of them at a time, the list
 * at `/`. It starts from what this device knows and asks the server about the session beside it.
 */
export function AppFrame() {
  const session = useSession();
  const navigate = useNavigate();
  const matchRoute = useMatchRoute();

  useEffect(() => {
    void checkSession();
    const idle = setTimeout(() => {
      void loadOverlays();
      fetchMutators().catch(() => undefined);
      // Offline it comes from what the service worker keeps; where that is not yet there, typing asks again.
      import('../messages/draft-sync.ts').catch(() => undefined);
    }, 2_000);
    document.addEventListener('keydown', cycleRegions);
    return () => {
      clearTimeout(idle);
      document.removeEventListener('keydown', cycleRegions);
    };
  }, []);

  useEffect(() => {
    if (session.state === 'signedOut') void navigate({ to: session.needsSetup ? '/setup' : '/sign-in' });
  }, [session, navigate]);

  if (session.state !== 'signedIn') return null;
  const view = matchRoute({ to: '/' })
    ? 'list'
    : matchRoute({ to: '/people' }) ||
        matchRoute({ to: '/saved' }) ||
        matchRoute({ to: '/drafts' }) ||
        matchRoute({ to: '/activity' }) ||
        matchRoute({ to: '/admin', fuzzy: true }) ||
        matchRoute({ to: '/settings' })
      ? 'page'
      : 'thread';
  return (
    <SignedInEngine key={session.person.id} personId={session.person.id}>
      <div
        data-view={view}
        className="group/frame grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)_auto] bg-paper pt-[env(safe-area-inset-top)] pr-[env(safe-area-inset-right)] pl-[env(safe-area-inset-left)] desk:grid-cols-[60px_clamp(15.5rem,27vw,19.25rem)_minmax(0,1fr)] desk:grid-rows-[minmax(0,1fr)] wide:grid-cols-[60px_19.25rem_minmax(0,1fr)]"
      >
        <SessionWatch />
        <Rail />
        {/* List and page are one landmark, because a phone shows either. */}
        <main className="contents">
          <section
            data-region="list"
            aria-label="Threads"
            className="flex min-h-0 min-w-0 flex-col border-line max-desk:hidden max-desk:group-data-[view=list]/frame:flex desk:border-r"
          >
            <ThreadList />
          </section>
          <div
            data-region="page"
            className="flex min-h-0 min-w-0 flex-col bg-sheet max-desk:group-data-[view=list]/frame:hidden"
          >
            <Outlet />
          </div>
        </main>
        <TabBar />
      </div>
    </SignedInEngine>
  );
}

/** The connection was refused for want of a session: the server is asked, and an ended session locks the page. */
function SessionWatch() {
  const connection = useStatusPart((status) => status.connection);
  useEffect(() => {
    if (connection.state === 'unauthorised') void checkSession();
  }, [connection.state]);
  return null;
}
