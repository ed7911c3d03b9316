import { Avatar, Menu, type MenuItem } from '@parley/ui';
import { useState } from 'react';
import { useDoNotDisturb } from '../presence/use-do-not-disturb.ts';
import { usePersonId } from '../sync/engine-provider.tsx';
import { keptPerson, knownAccounts, type SignedInPerson } from './known-accounts.ts';
import { switchTo } from './session-changes.ts';
import { useOwnName } from './use-own-name.ts';

/** Who this page belongs to, whether they want to be left alone, and the way to the others on this device: without a password while they are signed in. */
export function AccountMenu() {
  const personId = usePersonId();
  const name = useOwnName();
  const quiet = useDoNotDisturb();
  const [accounts, setAccounts] = useState(knownAccounts);
  const entry = (account: SignedInPerson): MenuItem => {
    const isOwn = account.id === personId;
    const locked = !isOwn && keptPerson(account.id) === null;
    return {
      label: `${isOwn ? name : account.name} · ${account.email}${locked ? ' · locked' : ''}`,
      checked: isOwn,
      onSelect: () => {
        if (!isOwn) void switchTo(account);
      },
    };
  };
  return (
    <Menu
      label="Accounts on this device"
      side="right"
      align="end"
      onOpen={() => setAccounts(knownAccounts())}
      items={[
        ...accounts.map(entry),
        { label: 'Use another account', separated: true, onSelect: () => void switchTo(null) },
        ...(quiet.until === null
          ? quiet.choices.map(({ words, choose }, index) => ({
              ...{ label: `Do not disturb ${words}`, separated: index === 0, onSelect: choose },
            }))
          : [{ label: 'End do not disturb', separated: true, onSelect: quiet.end }]),
      ]}
      trigger={(trigger) => (
        <button
          type="button"
          {...trigger}
          data-tooltip={name}
          className="grid size-9 place-items-center rounded-full aria-expanded:bg-sunk hover:bg-sunk pointer-coarse:size-11"
        >
          <Avatar id={personId} name={name} size={26} presence={quiet.until === null ? undefined : 'doNotDisturb'} />
          <span className="sr-only">
            {name}: change account{quiet.until === null ? '' : ', do not disturb is on'}
          </span>
        </button>
      )}
    />
  );
}
