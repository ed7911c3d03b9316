import { Button, EmptyState, Kbd } from '@parley/ui';
import { useNavigate } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';

/** The room beside the list while no thread is open. A phone shows the list in its place. */
export function HomePage() {
  const navigate = useNavigate();
  return (
    <div className="grid min-h-0 flex-1 place-items-center bg-sheet max-desk:hidden">
      <EmptyState
        icon={<MessagesSquare size={22} strokeWidth={1.8} />}
        title="No thread is open"
        action={<Button onClick={() => void navigate({ to: '/new' })}>New thread</Button>}
      >
        Choose one from the list, or start one. <Kbd>F6</Kbd> moves between the list and the page.
      </EmptyState>
    </div>
  );
}
