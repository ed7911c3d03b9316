import { Button, notify } from '@parley/ui';
import { lazy, Suspense, useState } from 'react';
import { Setting } from '../shell/setting.tsx';
import { accountCalls } from './account-calls.ts';
import { AnswerStates } from './answer-states.tsx';
import { ConfirmPassword } from './confirm-password.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { useAnswer } from './use-answer.ts';

const TwoStepSetUp = lazy(async () => ({ default: (await import('./two-step-set-up.tsx')).TwoStepSetUp }));

const ask = () => accountCalls.accounts.twoStep.status.query();
const { twoStep } = accountCalls.accounts;

/** A code besides the password: on, off, and the codes for the day when the phone is lost. */
export function TwoStepSetting() {
  const status = useAnswer(ask);
  const [open, setOpen] = useState<'begin' | 'end' | 'renew' | null>(null);
  const [begun, setBegun] = useState<{ secret: string; uri: string } | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (status.data === null) return <AnswerStates answer={status} label="Asking how you sign in" />;
  const { on, codesLeft } = status.data;
  const close = () => {
    setOpen(null);
    setBegun(null);
    setCodes(null);
    status.again();
  };
  return (
    <Setting
      title="Two-step sign-in"
      note={
        on
          ? `On. ${codesLeft === 1 ? 'One recovery code is' : `${codesLeft} recovery codes are`} left.`
          : 'Off. Asks for a code from your phone besides the password.'
      }
    >
      <div className="flex flex-wrap gap-2">
        {on ? <Button onClick={() => setOpen('renew')}>New recovery codes</Button> : null}
        <Button onClick={() => setOpen(on ? 'end' : 'begin')}>{on ? 'Turn off' : 'Turn on'}</Button>
      </div>
      {open === 'begin' && begun === null ? (
        <ConfirmPassword
          title="Turn on two-step sign-in"
          description="You need an authenticator app on your phone."
          action="Continue"
          onClose={close}
          onConfirm={async (current) => setBegun(await twoStep.begin.mutate({ current }))}
        />
      ) : null}
      {begun === null || codes !== null ? null : (
        <Suspense>
          <TwoStepSetUp {...begun} onClose={close} onCodes={setCodes} />
        </Suspense>
      )}
      {open === 'renew' && codes === null ? (
        <ConfirmPassword
          title="New recovery codes"
          description="The codes you have now stop working."
          action="Make new codes"
          onClose={close}
          onConfirm={async (current) => setCodes((await twoStep.renewCodes.mutate({ current })).codes)}
        />
      ) : null}
      {codes === null ? null : <RecoveryCodes codes={codes} onClose={close} />}
      {open === 'end' ? (
        <ConfirmPassword
          title="Turn off two-step sign-in"
          description="Your password alone will sign you in."
          action="Turn off"
          danger
          onClose={close}
          onConfirm={async (current) => {
            await twoStep.end.mutate({ current });
            notify('Two-step sign-in is off.');
            close();
          }}
        />
      ) : null}
    </Setting>
  );
}
