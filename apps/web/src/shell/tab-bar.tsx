import { classNames } from '@parley/ui';
import { Link } from '@tanstack/react-router';
import { useDraftsLabel } from './use-drafts-label.ts';
import { Bookmark, MessagesSquare, PencilLine, Settings, UsersRound } from 'lucide-react';

const tabs = [
  { to: '/', label: 'Threads', icon: MessagesSquare },
  { to: '/drafts', label: 'Drafts', icon: PencilLine },
  { to: '/saved', label: 'Saved', icon: Bookmark },
  { to: '/people', label: 'People', icon: UsersRound },
  { to: '/settings', label: 'Settings', icon: Settings },
] as const;

/** The rail of a phone: at the foot, within reach of a thumb, and out of the way while a thread is open. */
export function TabBar() {
  const { refused } = useDraftsLabel();
  return (
    <nav
      aria-label="Parley"
      className="grid grid-cols-5 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)] group-data-[view=thread]/frame:hidden desk:hidden"
    >
      {tabs.map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true }}
          className={classNames(
            'flex min-h-14 flex-col items-center justify-center gap-0.5 text-xs font-medium -outline-offset-2 aria-[current=page]:font-semibold',
            refused && to === '/drafts' ? 'text-bad' : 'text-ink-3 aria-[current=page]:text-ink',
          )}
        >
          <Icon size={20} strokeWidth={1.8} />
          {label}
          {refused && to === '/drafts' ? <span className="sr-only">: a message could not be sent</span> : null}
        </Link>
      ))}
    </nav>
  );
}
