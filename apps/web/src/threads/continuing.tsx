/** Going on from a thread in a new one, with people of partners. */
import { mayStartThread } from '@parley/core/organisations';
import { partnerState } from '@parley/core/partners';
import { orgScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { mayWriteIn } from '@parley/core/thread-orgs';
import type { ThreadRow } from '@parley/core/threads';
import type { MenuItem } from '@parley/ui';
import { Link, type UseNavigateResult } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { usePersonId } from '../sync/engine-provider.tsx';
import { useRow } from '../sync/views.ts';
import type { MarkingParts } from './mark-unread.ts';

/** Where the reader starts threads, partners offer somebody to start one with, and the thread can be written in. */
export function mayContinue({ engine, personId, threadId }: MarkingParts): boolean {
  const participation = engine.row(userScope(personId), 'participation', threadId)?.data;
  if (participation?.leftAt !== null) return false;
  const orgId = participation.actingOrg;
  const role = engine.row(userScope(personId), 'membership', orgId)?.data.role ?? 'guest';
  const starters = engine.row(orgScope(orgId), 'org', orgId)?.data.threadStarters ?? 'members';
  return (
    mayStartThread(role, starters) &&
    mayWriteIn({ org: engine.row(threadPeopleScope(threadId), 'threadOrg', orgId)?.data }) &&
    engine
      .rows(orgScope(orgId), 'partner')
      .some(({ data }) => partnerState(data) === 'active' && data.contacts.length > 0)
  );
}

type Navigate = UseNavigateResult<string>;

export const continueThread = (navigate: Navigate, threadId: string): void =>
  void navigate({ to: '/new', search: { continues: threadId } });

/** What the menus of a thread offer at their end. */
export const continuingItems = (parts: MarkingParts, navigate: Navigate): MenuItem[] =>
  mayContinue(parts)
    ? [
        {
          label: 'Continue with a partner',
          icon: <MessagesSquare size={15} />,
          separated: true,
          onSelect: () => continueThread(navigate, parts.threadId),
        },
      ]
    : [];

/** The head of a thread that the reader takes part in; `undefined` of any other, be it there or not. */
export function useOwnThread(threadId: string): ThreadRow | undefined {
  const thread = useRow(threadScope(threadId), 'thread', threadId);
  const participation = useRow(userScope(usePersonId()), 'participation', threadId);
  return participation?.data.leftAt === null ? thread?.data : undefined;
}

/** Leads to the thread before or after this one, where the reader may go there. */
export function ThreadLink({ threadId, words, className }: { threadId: string; words: string; className?: string }) {
  const thread = useOwnThread(threadId);
  if (!thread) return null;
  return (
    <Link
      to="/t/$threadId"
      params={{ threadId }}
      className={`font-[550] text-accent hover:underline ${className ?? ''}`}
    >
      {words} “{thread.subject}”
    </Link>
  );
}
