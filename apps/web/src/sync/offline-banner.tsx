import { Banner, Button } from '@parley/ui';
import { CloudOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStatus } from './views.ts';

/** A hiccup shorter than this is not worth a line; the banner must stand within 2 s of the loss. */
const graceMs = 1_200;

/** Says that there is no connection, that everything still works, and what happens next. Gone the moment it is live. */
export function OfflineBanner() {
  const { connection } = useStatus();
  const lost = connection.state === 'offline' || connection.state === 'reconnecting';
  const [due, setDue] = useState(false);
  useEffect(() => {
    if (!lost) return setDue(false);
    const timer = setTimeout(() => setDue(true), connection.state === 'offline' ? 0 : graceMs);
    return () => clearTimeout(timer);
  }, [lost, connection.state]);

  const icon = <CloudOff size={16} aria-hidden />;
  if (connection.state === 'unauthorised') {
    return (
      <Banner tone="bad" icon={icon} action={<Reload>Sign in</Reload>}>
        You are signed out. What you wrote is kept on this device; sign in again to send it.
      </Banner>
    );
  }
  if (connection.state === 'outdated') {
    return (
      <Banner tone="bad" icon={icon} action={<Reload>Reload</Reload>}>
        The server is newer than this page. Reload to go on; nothing you wrote is lost.
      </Banner>
    );
  }
  if (!lost || !due) return null;
  return (
    <Banner icon={icon}>
      {connection.state === 'offline'
        ? 'You are offline. Read and write as usual; it goes out when you are back.'
        : 'The server cannot be reached. Read and write as usual; it goes out by itself.'}
    </Banner>
  );
}

function Reload({ children }: { children: string }) {
  return (
    <Button size="small" onClick={() => location.reload()}>
      {children}
    </Button>
  );
}
