import { Link } from '@tanstack/react-router';
import { MessagesSquare, Settings, UsersRound } from 'lucide-react';

const tabs = [
  { to: '/', label: 'Threads', icon: MessagesSquare },
  { to: '/people', label: 'People', icon: UsersRound },
  { to: '/settings', label: 'Settings', icon: Settings },
] as const;

/** The rail of a phone: at the foot, within reach of a thumb, and out of the way while a thread is open. */
export function TabBar() {
  return (
    <nav
      aria-label="Parley"
      className="grid grid-cols-3 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)] group-data-[view=thread]/frame:hidden desk:hidden"
    >
      {tabs.map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true }}
          className="flex min-h-14 flex-col items-center justify-center gap-0.5 text-xs font-medium text-ink-3 -outline-offset-2 aria-[current=page]:font-semibold aria-[current=page]:text-ink"
        >
          <Icon size={20} strokeWidth={1.8} />
          {label}
        </Link>
      ))}
    </nav>
  );
}
