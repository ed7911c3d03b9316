import { useNavigate } from '@tanstack/react-router';
import { Avatar, Button, Segmented } from '@parley/ui';
import { standardSettings, UNDO_SECONDS } from '@parley/core/settings';
import { userScope } from '@parley/core/scopes';
import { DeviceList } from '../accounts/device-list.tsx';
import { NameSetting } from '../accounts/name-setting.tsx';
import { PasskeysSetting } from '../accounts/passkeys-setting.tsx';
import { PasswordSetting } from '../accounts/password-setting.tsx';
import { SignOutButton } from '../accounts/sign-out-button.tsx';
import { useSession } from '../accounts/session.ts';
import { endSession, switchTo } from '../accounts/session-changes.ts';
import { TwoStepSetting } from '../accounts/two-step-setting.tsx';
import { useOwnName } from '../accounts/use-own-name.ts';
import { DemoButton } from '../demo/demo-button.tsx';
import { ExportSetting } from '../exports/export-setting.tsx';
import { DoNotDisturbSetting } from '../presence/do-not-disturb-setting.tsx';
import { PresenceSetting } from '../presence/presence-setting.tsx';
import { ReceiptsSetting } from '../receipts/receipts-setting.tsx';
import { isForgetful } from '../sync/forgetful-browser.ts';
import { PageFrame } from './page-frame.tsx';
import { Setting, SettingGroup } from './setting.tsx';
import { useOrganisations } from './use-organisations.ts';
import { chooseTheme, useTheme, type Theme } from './theme.ts';
import { attempt } from '../sync/attempt.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { useRow } from '../sync/views.ts';
import { useInstall } from './install.ts';

const themes: { value: Theme; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export function SettingsPage() {
  const session = useSession();
  const name = useOwnName();
  const theme = useTheme();
  const install = useInstall();
  const navigate = useNavigate();
  const mayStart = useOrganisations().some((organisation) => organisation.mayStart);
  if (session.state !== 'signedIn') return null;
  const { person } = session;
  return (
    <PageFrame title="Settings">
      <div className="mx-auto flex max-w-160 flex-col px-5 py-8 max-desk:px-4 max-desk:py-5">
        <div className="flex items-center gap-4 pb-7">
          <Avatar id={person.id} name={name} size={56} />
          <div className="min-w-0">
            <p className="truncate text-xl font-[650] tracking-tight">{name}</p>
            <p className="truncate text-base text-ink-2">{person.email}</p>
          </div>
        </div>
        <SettingGroup title="You">
          <NameSetting />
        </SettingGroup>
        <SettingGroup title="Appearance">
          <Setting title="Theme" note="On this device.">
            <Segmented label="Theme" value={theme} options={themes} onChange={chooseTheme} />
          </Setting>
          {install === null ? null : (
            <Setting title="Install Parley" note="Opens in its own window and starts without a network.">
              <Button onClick={install}>Install</Button>
            </Setting>
          )}
          {isForgetful() ? (
            <Setting
              title="Install Parley"
              note="Share, then Add to Dock or Home Screen. Else Safari deletes what is kept here after seven days without a visit."
            />
          ) : null}
        </SettingGroup>
        <SettingGroup title="Writing">
          <UndoSetting />
        </SettingGroup>
        <SettingGroup title="Reading">
          <ReceiptsSetting />
        </SettingGroup>
        <SettingGroup title="Presence">
          <DoNotDisturbSetting />
          <PresenceSetting />
        </SettingGroup>
        <SettingGroup title="Security">
          <PasswordSetting />
          <TwoStepSetting />
          <PasskeysSetting />
        </SettingGroup>
        <SettingGroup title="Devices">
          <DeviceList />
        </SettingGroup>
        {mayStart ? (
          <SettingGroup title="Try it out">
            <Setting title="Demo" note="Two organisations at work, to try things in. Only you see it.">
              <DemoButton />
            </Setting>
          </SettingGroup>
        ) : null}
        <SettingGroup title="This device">
          <Setting title="Use another account" note="You stay signed in, and come back without your password.">
            <Button onClick={() => void switchTo(null)}>Switch account</Button>
          </Setting>
          <Setting title="Lock" note="Your messages stay on this device, locked until you sign in again.">
            <Button onClick={() => void endSession(person.id)}>Lock</Button>
          </Setting>
          <ExportSetting />
          <Setting title="Saving and sending" note="What waits on this device and why, and what happened last.">
            <Button onClick={() => void navigate({ to: '/activity' })}>Look</Button>
          </Setting>
          <Setting title="Sign out" note="Your messages are removed from this device; the server keeps them.">
            <SignOutButton />
          </Setting>
        </SettingGroup>
      </div>
    </PageFrame>
  );
}

const undoTimes = UNDO_SECONDS.map((seconds) => ({
  value: String(seconds),
  label: seconds === 0 ? 'Off' : `${seconds} s`,
}));

function UndoSetting() {
  const engine = useEngine();
  const personId = usePersonId();
  const { undoSeconds } = useRow(userScope(personId), 'settings', personId)?.data ?? standardSettings;
  const choose = (value: string) => {
    const chosen = UNDO_SECONDS.find((seconds) => String(seconds) === value);
    if (chosen !== undefined) void attempt(engine.mutate('changeSettings', { undoSeconds: chosen }));
  };
  return (
    <Setting title="Undo send" note="A message waits this long and can be taken back.">
      <Segmented label="Undo send" value={String(undoSeconds)} options={undoTimes} onChange={choose} />
    </Setting>
  );
}
