import type { ConnectionState } from '@parley/sync/client';
import { Banner, Button } from '@parley/ui';
import { CloudOff } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useDeviceStorage } from './device-storage.ts';
import { storageNotice } from './storage-notice.ts';
import type { Renewal } from '../shell/newest.ts';
import { reloadSafely } from '../shell/reload.ts';
import { useStatusPart } from './views.ts';

/** A hiccup shorter than this is not worth a line; the banner must stand within 2 s of the loss. */
const graceMs = 1_200;

const StorageBanner = lazy(async () => ({ default: (await import('./storage-banner.tsx')).StorageBanner }));

/** What stands between a person and the server or this device's disk, one line each. Gone the moment all is well. */
export function OfflineBanner() {
  const device = useDeviceStorage();
  const notice = useStatusPart((status) => storageNotice(status, device));
  return (
    <>
      <ConnectionBanner />
      {notice === null ? null : (
        <Suspense>
          <StorageBanner notice={notice} />
        </Suspense>
      )}
    </>
  );
}

/** Says that there is no connection, that everything still works, and what happens next. */
function ConnectionBanner() {
  const connection = useStatusPart((status) => status.connection);
  const lost = ['offline', 'reconnecting', 'resting'].includes(connection.state);
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
        {connection.wrongAccount
          ? 'Somebody else is signed in in this browser. What you wrote is kept on this device; sign in again to send it.'
          : 'You are signed out. What you wrote is kept on this device; sign in again to send it.'}
      </Banner>
    );
  }
  if (connection.state === 'outdated') return <OutdatedBanner />;
  if (!lost || !due) return null;
  return <Banner icon={icon}>{lostWords(connection)}</Banner>;
}

function lostWords(connection: ConnectionState): string {
  if (connection.state === 'offline') {
    return 'You are offline. Read and write as usual; it goes out when you are back.';
  }
  return connection.state === 'reconnecting' && connection.intercepted
    ? 'This network wants you to sign in to it first. Read and write as usual; it goes out after that.'
    : 'The server cannot be reached. Read and write as usual; it goes out by itself.';
}

const outdatedWords: Record<Renewal, string> = {
  reloading: 'The server is newer than this page. Reload to go on; nothing you wrote is lost.',
  none: 'The newer version is not there yet. What you write is kept on this device; try again in a minute.',
  unsaved: 'What you are typing could not be kept on this device. Copy it somewhere safe, then try again.',
};

function OutdatedBanner() {
  const [outcome, setOutcome] = useState<Renewal>('reloading');
  const reload = async () => {
    // The server may have this release's other files no longer; then only the plain way is left.
    const { renew } = await import('../shell/newest.ts').catch(() => ({ renew: plainReload }));
    setOutcome(await renew());
  };
  return (
    <Banner
      tone="bad"
      icon={<CloudOff size={16} aria-hidden />}
      action={
        <Button size="small" onClick={() => void reload()}>
          {outcome === 'reloading' ? 'Reload' : 'Try again'}
        </Button>
      }
    >
      {outdatedWords[outcome]}
    </Banner>
  );
}

const plainReload = (): Promise<Renewal> =>
  reloadSafely().then(
    () => 'reloading',
    () => 'unsaved',
  );

function Reload({ children }: { children: string }) {
  return (
    <Button size="small" onClick={() => void reloadSafely()}>
      {children}
    </Button>
  );
}
