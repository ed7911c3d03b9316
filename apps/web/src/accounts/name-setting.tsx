import { NAME_LENGTH, personName } from '@parley/core/own-name';
import { Button, Dialog, TextField } from '@parley/ui';
import { useRef, useState, type FormEvent } from 'react';
import { Setting } from '../shell/setting.tsx';
import { useOrganisations } from '../shell/use-organisations.ts';
import { attempt } from '../sync/attempt.ts';
import { useEngine } from '../sync/engine-provider.tsx';
import { useOwnName } from './use-own-name.ts';

export function NameSetting() {
  const [changing, setChanging] = useState(false);
  return (
    <Setting title="Name" note="Shown with everything you wrote, too.">
      <Button onClick={() => setChanging(true)}>Change name</Button>
      {changing ? <ChangeName onClose={() => setChanging(false)} /> : null}
    </Setting>
  );
}

function ChangeName({ onClose }: { onClose: () => void }) {
  const engine = useEngine();
  const organisations = useOrganisations();
  const before = useOwnName();
  const [typed, setTyped] = useState(before);
  const [fault, setFault] = useState<string>();
  const field = useRef<HTMLInputElement>(null);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const { data: name, error } = personName.safeParse(typed);
    setFault(error?.issues[0]?.message);
    if (name === undefined) return field.current?.focus();
    if (name !== before) void attempt(engine.mutate('changeName', { name, orgIds: organisations.map(({ id }) => id) }));
    onClose();
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Change name"
      description="Everybody you write with sees it, in old messages too."
      initialFocus={field}
      width="narrow"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="change-name" look="primary">
            Change name
          </Button>
        </>
      }
    >
      <form id="change-name" noValidate onSubmit={onSubmit}>
        <TextField
          ref={field}
          label="Your name"
          autoComplete="name"
          maxLength={NAME_LENGTH}
          error={fault}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setFault(undefined);
          }}
        />
      </form>
    </Dialog>
  );
}
