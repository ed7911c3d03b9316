import { Link } from '@tanstack/react-router';
import { QuietPage } from './quiet-page.tsx';

export function NotFoundPage() {
  return (
    <QuietPage
      title="There is nothing here"
      action={
        <Link to="/" className="text-lg font-medium text-accent underline underline-offset-2">
          Go to your threads
        </Link>
      }
    >
      The address leads nowhere. It may have been cut off when it was copied.
    </QuietPage>
  );
}
