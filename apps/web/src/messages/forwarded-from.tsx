import type { Origin } from '@parley/core/forwarding';
import { threadScope, userScope } from '@parley/core/scopes';
import { Link } from '@tanstack/react-router';
import { Forward } from 'lucide-react';
import { usePersonId } from '../sync/engine-provider.tsx';
import { useRow } from '../sync/views.ts';
import { UNKNOWN_PERSON, useLogDoor } from './log-door.ts';

/** Above a forwarded text: whose it is, and the way there for those who may read it. */
export function ForwardedFrom({ origin }: { origin: Origin }) {
  const { threadId, messageId, authorId, authorName } = origin;
  const { personName } = useLogDoor();
  const thread = useRow(threadScope(threadId ?? ''), 'thread', threadId ?? '');
  const participation = useRow(userScope(usePersonId()), 'participation', threadId ?? '');
  const name = (authorId === null ? undefined : personName(authorId)) ?? authorName;
  return (
    <p className="flex min-h-6 max-w-full items-center gap-1.5 text-sm text-ink-3">
      <Forward size={13} aria-hidden className="shrink-0" />
      {threadId === null ? (
        'Forwarded from another thread'
      ) : (
        <span className="truncate">
          Forwarded from <b className="font-medium text-ink-2">{name === '' ? UNKNOWN_PERSON : name}</b>
        </span>
      )}
      {threadId !== null && thread !== undefined && participation?.data.leftAt === null ? (
        <Link
          to="/t/$threadId"
          params={{ threadId }}
          hash={`m-${messageId}`}
          className="inline-flex min-h-6 min-w-0 items-center rounded-sm px-1 text-accent hover:bg-accent-soft pointer-coarse:min-h-11"
        >
          <span className="truncate">{thread.data.subject}</span>
        </Link>
      ) : null}
    </p>
  );
}
