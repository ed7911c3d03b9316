import { Button } from '@parley/ui';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { accountCalls } from './account-calls.ts';
import { AccountFrame } from './account-frame.tsx';
import { FormRefusal } from './form-refusal.tsx';
import { SecondStepForm } from './second-step-form.tsx';
import { useSession } from './session.ts';
import { signInBy } from './session-changes.ts';
import { useSubmission } from './use-submission.ts';

/** Opened from a mail. A press uses the link, since programs that look into mails open it too. */
export function SignInLinkPage() {
  const navigate = useNavigate();
  const session = useSession();
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '');
  const [secondStep, setSecondStep] = useState<string | null>(null);
  const [pressed, setPressed] = useState(false);
  const { busy, refusal, submit } = useSubmission();

  useEffect(() => {
    if (pressed && session.state === 'signedIn') void navigate({ to: '/' });
  }, [pressed, session, navigate]);

  const onPress = () =>
    submit(async () => {
      const answer = await signInBy((key) => accountCalls.accounts.link.signIn.mutate({ token }, key));
      setPressed(true);
      setSecondStep(answer.secondStep);
    });

  if (secondStep !== null)
    return <SecondStepForm token={secondStep} onBack={() => void navigate({ to: '/sign-in' })} />;
  return (
    <AccountFrame title="Sign in" lead="You opened a link from a mail. It works once.">
      <div className="flex flex-col gap-5">
        <FormRefusal refusal={refusal} />
        <Button look="primary" size="large" busy={busy} onClick={onPress}>
          Sign in
        </Button>
        <Link to="/sign-in" className="text-base font-medium text-accent underline underline-offset-2">
          Sign in another way
        </Link>
      </div>
    </AccountFrame>
  );
}
