import { Button } from '@parley/ui';
import { QuietPage } from './quiet-page.tsx';
import { reloadSafely } from './reload.ts';

/** The last resort of a page that could not be drawn, or whose code could not be fetched. */
export function FailurePage({ error }: { error: unknown }) {
  const missing = error instanceof Error && /dynamically imported module|module script/i.test(error.message);
  return (
    <QuietPage
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
