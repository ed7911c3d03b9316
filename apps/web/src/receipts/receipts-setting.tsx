import { receiptsOn } from '@parley/core/receipts';
import { userScope } from '@parley/core/scopes';
import { Segmented } from '@parley/ui';
import { Setting } from '../shell/setting.tsx';
import { attempt } from '../sync/attempt.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { useRow } from '../sync/views.ts';

const switches = [
  { value: 'on', label: 'On' },
  { value: 'off', label: 'Off' },
] as const;

/** A person's own switch. */
export function ReceiptsSetting() {
  const engine = useEngine();
  const personId = usePersonId();
  const settings = useRow(userScope(personId), 'settings', personId)?.data;
  return (
    <Setting title="Read receipts" note="Others see how far you have read, and you see how far they have.">
      <ReceiptsSwitch
        on={receiptsOn(settings)}
        onChange={(receipts) => void attempt(engine.mutate('changeSettings', { receipts }))}
      />
    </Setting>
  );
}

export function ReceiptsSwitch(props: { on: boolean; disabled?: boolean; onChange: (on: boolean) => void }) {
  const { on, disabled = false, onChange } = props;
  return (
    <Segmented
      label="Read receipts"
      value={on ? 'on' : 'off'}
      options={switches.map((option) => ({ ...option, disabled }))}
      onChange={(value) => onChange(value === 'on')}
    />
  );
}
