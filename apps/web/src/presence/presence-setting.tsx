import { userScope } from '@parley/core/scopes';
import { Segmented } from '@parley/ui';
import { Setting } from '../shell/setting.tsx';
import { attempt } from '../sync/attempt.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { useRow } from '../sync/views.ts';

const choices = [
  { value: 'seen', label: 'Visible' },
  { value: 'unseen', label: 'Invisible' },
] as const;

/** Whether the others see that a person is there. */
export function PresenceSetting() {
  const engine = useEngine();
  const personId = usePersonId();
  const settings = useRow(userScope(personId), 'settings', personId)?.data;
  return (
    <Setting
      title="Visible to others"
      note="They see whether you are there, which thread you look at and when you type. You see them either way."
    >
      <Segmented
        label="Presence"
        value={settings?.invisible ? 'unseen' : 'seen'}
        options={choices}
        onChange={(value) => void attempt(engine.mutate('changeSettings', { invisible: value === 'unseen' }))}
      />
    </Setting>
  );
}
