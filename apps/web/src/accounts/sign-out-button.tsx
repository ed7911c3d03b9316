import { Button, Dialog, notify } from '@parley/ui';
import { Download } from 'lucide-react';
import { useRef, useState } from 'react';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { itemText, itemTitle } from '../sync/item-words.ts';
import { useItems } from '../sync/views.ts';
import { wipePerson } from './leave-device.ts';
import { endSession } from './session-changes.ts';
import { saveUnsent, unsentOf } from './unsent-file.ts';

/**
 * Leaves nothing of the person on this device, with or without a network. What has not reached the server is shown and
 * offered as a file first.
 */
export function SignOutButton() {
  const engine = useEngine();
  const personId = usePersonId();
  const unsent = unsentOf(useItems());
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const agreed = useRef<ReadonlySet<string>>(new Set());

  const leave = async () => {
    // Something may have been written in another tab since the question was asked.
    const now = unsentOf(engine.items());
    if (now.some(({ id }) => !agreed.current.has(id))) {
      agreed.current = new Set(now.map(({ id }) => id));
      return setAsking(true);
    }
    setBusy(true);
    try {
      await endSession(personId, async () => {
        // The engine stops before anything is deleted: what is on its way is sent once, or not at all.
        await engine.wipe();
        await wipePerson(personId);
      });
    } catch {
      notify('Not everything could be removed from this device. Clear this site’s data in the browser.', {
        tone: 'bad',
      });
      setBusy(false);
    }
  };

  return (
    <>
      <Button busy={busy} onClick={() => void leave()}>
        Sign out
      </Button>
      <Dialog
        open={asking}
        onOpenChange={(open) => {
          agreed.current = new Set();
          setAsking(open);
        }}
        title="Sign out with unsent work?"
        description={
          unsent.length === 1
            ? 'One change has not reached the server. Signing out deletes it from this device.'
            : `${unsent.length} changes have not reached the server. Signing out deletes them from this device.`
        }
        actions={
          <>
            <Button icon={<Download size={15} aria-hidden />} onClick={() => saveUnsent(unsent)}>
              Save as file
            </Button>
            <span className="flex-1" />
            <Button onClick={() => setAsking(false)}>Stay</Button>
            <Button look="danger" busy={busy} onClick={() => void leave()}>
              Delete and sign out
            </Button>
          </>
        }
      >
        <ul aria-label="Not sent" className="flex flex-col divide-y divide-line rounded-lg border border-line">
          {unsent.map((item) => (
            <li key={item.id} className="px-3 py-2">
              <b className="text-sm font-semibold text-ink-2">{itemTitle(item)}</b>
              <p className="line-clamp-2 text-base break-words">{itemText(item)}</p>
            </li>
          ))}
        </ul>
      </Dialog>
    </>
  );
}
