import { Delayed, Spinner } from '@parley/ui';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type AsyncRouteComponent,
} from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { afterSignIn } from '../accounts/after-sign-in.ts';
import { currentSession, knownSession } from '../accounts/session.ts';
import { FailurePage, PageFailure } from './failure-page.tsx';
import { Root } from './root.tsx';
import { lastThread, rememberThread } from './last-thread.ts';
import { UnreachablePage } from './unreachable-page.tsx';

const NotFoundPage = lazyRouteComponent(() => import('./not-found-page.tsx'), 'NotFoundPage');
const root = createRootRoute({ component: Root, notFoundComponent: NotFoundPage, errorComponent: FailurePage });

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: async () => {
    const session = await knownSession();
    if (session.state === 'signedIn') throw redirect({ to: '/' });
    if (session.state === 'signedOut' && !session.needsSetup) throw redirect({ to: '/sign-in' });
  },
  component: lazyRouteComponent(() => import('../accounts/set-up-page.tsx'), 'SetUpPage'),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  beforeLoad: async () => {
    const session = await knownSession();
    if (session.state === 'signedIn') throw redirect({ to: afterSignIn() });
    if (session.state === 'signedOut' && session.needsSetup) throw redirect({ to: '/setup' });
  },
  component: lazyRouteComponent(() => import('../accounts/sign-in-page.tsx'), 'SignInPage'),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation/$token',
  beforeLoad: async () => {
    await knownSession();
  },
  component: function Invitation() {
    return <InvitationPage token={invitation.useParams().token} />;
  },
});
const InvitationPage = lazyRouteComponent(() => import('../accounts/invitation-page.tsx'), 'InvitationPage');

const partnerInvitation = createRoute({
  getParentRoute: () => root,
  path: '/partner-invitation/$token',
  beforeLoad: async () => {
    await knownSession();
  },
  component: function PartnerInvitation() {
    return <PartnerInvitationPage token={partnerInvitation.useParams().token} />;
  },
});
const PartnerInvitationPage = lazyRouteComponent(
  () => import('../partners/partner-invitation-page.tsx'),
  'PartnerInvitationPage',
);

const signInLink = createRoute({
  getParentRoute: () => root,
  path: '/sign-in-link',
  component: lazyRouteComponent(() => import('../accounts/sign-in-link-page.tsx'), 'SignInLinkPage'),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('../accounts/reset-password-page.tsx'), 'ResetPasswordPage'),
});

/** Everything behind sign-in: the rail and the list stay while the pages beside them change. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async () => {
    const session = await knownSession();
    if (session.state === 'signedOut') throw redirect({ to: session.needsSetup ? '/setup' : '/sign-in' });
  },
  errorComponent: FailurePage,
  component: function Inside() {
    return currentSession().state === 'unreachable' ? <UnreachablePage /> : <AppFrame />;
  },
});
const AppFrame = lazyRouteComponent(() => import('./app-frame.tsx'), 'AppFrame');

const desk = () => matchMedia('(min-width: 45.0625rem)').matches;

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: () => {
    const threadId = lastThread();
    // A phone shows the list itself; beside the list there is room for the thread that was open last.
    if (threadId !== null && desk()) throw redirect({ to: '/t/$threadId', params: { threadId }, replace: true });
  },
  component: function Home() {
    return useIsHere(HomePage) ? <HomePage /> : null;
  },
});
const HomePage = lazyRouteComponent(() => import('./home-page.tsx'), 'HomePage');

const thread = createRoute({
  getParentRoute: () => inside,
  path: '/t/$threadId',
  onEnter: ({ params }) => rememberThread(params.threadId),
  onStay: ({ params }) => rememberThread(params.threadId),
  component: function Thread() {
    const { threadId } = thread.useParams();
    return useIsHere(ThreadPage) ? <ThreadPage key={threadId} threadId={threadId} /> : <OpeningThread />;
  },
});
const ThreadPage = lazyRouteComponent(() => import('../threads/thread-page.tsx'), 'ThreadPage');

/**
 * Whether a page's code has come: the list must not wait for the page beside it. Suspense would hold the page back until
 * what is drawn in its place has been there for 300 ms.
 */
function useIsHere(page: AsyncRouteComponent<never>): boolean {
  const [isHere, setIsHere] = useState(page.preload === undefined);
  useEffect(() => {
    void Promise.resolve(page.preload?.()).then(() => setIsHere(true));
  }, [page]);
  return isHere;
}

function OpeningThread() {
  return (
    <div className="grid min-h-0 flex-1 place-items-center bg-sheet">
      <Delayed>
        <Spinner label="Opening the thread" />
      </Delayed>
    </div>
  );
}

const newThread = createRoute({
  getParentRoute: () => inside,
  path: '/new',
  validateSearch: ({ continues }: Record<string, unknown>): { continues?: string } =>
    typeof continues === 'string' ? { continues } : {},
  component: function NewThread() {
    const { continues } = newThread.useSearch();
    return <NewThreadPage key={continues} continues={continues} />;
  },
});
const NewThreadPage = lazyRouteComponent(() => import('../threads/new-thread-page.tsx'), 'NewThreadPage');

const people = createRoute({
  getParentRoute: () => inside,
  path: '/people',
  component: lazyRouteComponent(() => import('../people/people-page.tsx'), 'PeoplePage'),
});

const drafts = createRoute({
  getParentRoute: () => inside,
  path: '/drafts',
  component: lazyRouteComponent(() => import('../drafts/drafts-page.tsx'), 'DraftsPage'),
});

const saved = createRoute({
  getParentRoute: () => inside,
  path: '/saved',
  component: lazyRouteComponent(() => import('../messages/saved-page.tsx'), 'SavedPage'),
});

const adminStart = createRoute({
  getParentRoute: () => inside,
  path: '/admin',
  component: lazyRouteComponent(() => import('../administration/administration-page.tsx'), 'AdministrationStart'),
});

const admin = createRoute({
  getParentRoute: () => inside,
  path: '/admin/$orgId/$section',
  component: function Admin() {
    return <AdministrationPage {...admin.useParams()} />;
  },
});
const AdministrationPage = lazyRouteComponent(
  () => import('../administration/administration-page.tsx'),
  'AdministrationPage',
);

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings-page.tsx'), 'SettingsPage'),
});

const activity = createRoute({
  getParentRoute: () => inside,
  path: '/activity',
  component: lazyRouteComponent(() => import('../sync/activity-page.tsx'), 'ActivityPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    setUp,
    signIn,
    invitation,
    partnerInvitation,
    resetPassword,
    signInLink,
    inside.addChildren([home, thread, newThread, people, drafts, saved, adminStart, admin, settings, activity]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailure,
  // Pages read from the local copy; nothing is worth a pending page before it is really late.
  defaultPendingMs: 400,
});

/**
 * Fetches the frame, and opens what this device has of the person's data, before anything is drawn: for a page behind
 * sign-in, of somebody who was here before. Resolves when the frame can be drawn.
 */
export async function beginInside(personId: string): Promise<void> {
  const [matched, params] = router.getMatchedRoutes(location.pathname);
  if (!matched.some(({ id }) => id === inside.id)) return;
  const threadId = params['threadId'] ?? (location.pathname === '/' && desk() ? lastThread() : null);
  // Over the network it would come at the cost of the list.
  if (threadId !== null && navigator.serviceWorker?.controller) void ThreadPage.preload?.();
  const opened = import('../sync/open-engine.ts').then(({ openEngine }) => void openEngine(personId));
  // What cannot be fetched is said where it is to be drawn.
  await Promise.allSettled([AppFrame.preload?.(), opened]);
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
