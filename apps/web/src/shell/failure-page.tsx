import { Button } from '@parley/ui';
import { QuietPage } from './quiet-page.tsx';
import { reloadSafely } from './reload.ts';

/** The last resort of a page that could not be drawn, or whose code could not be fetched; the frame around it stays. */
export const PageFailure = ({ error }: { error: unknown }) => <FailurePage error={error} inside />;

/** The same for the frame itself. */
export function FailurePage({ error, inside = false }: { error: unknown; inside?: boolean }) {
  const missing = error instanceof Error && /dynamically imported module|module script/i.test(error.message);
  return (
    <QuietPage
      inside={inside}
      title={missing ? 'This page did not load' : 'This page stopped working'}
      action={
        <Button look="primary" size="large" onClick={() => void reloadSafely()}>
          Reload
        </Button>
      }
    >
      {missing
        ? 'Part of Parley is not on this device yet, or there is a newer version. Connect and reload.'
        : 'What you wrote is kept on this device. Reload to go on.'}
    </QuietPage>
  );
}
