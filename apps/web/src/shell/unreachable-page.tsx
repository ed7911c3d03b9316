import { Button } from '@parley/ui';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { checkSession } from '../accounts/session.ts';
import { QuietPage } from './quiet-page.tsx';

const retryMs = 5_000;

/** Nobody has signed in on this device yet, and the server does not answer. Goes on by itself when it does. */
export function UnreachablePage() {
  const router = useRouter();
  useEffect(() => {
    const again = async () => {
      const session = await checkSession();
      if (session.state !== 'unreachable') await router.invalidate();
    };
    const timer = setInterval(() => void again(), retryMs);
    const onOnline = () => void again();
    window.addEventListener('online', onOnline);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', onOnline);
    };
  }, [router]);

  return (
    <QuietPage
      title="The server cannot be reached"
      action={<Button onClick={() => void checkSession().then(() => router.invalidate())}>Try now</Button>}
    >
      Parley tries again every few seconds. Once you have signed in on this device, it also starts without a network.
    </QuietPage>
  );
}
