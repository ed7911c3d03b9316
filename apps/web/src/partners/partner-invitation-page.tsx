import { Button, Chip, Spinner, Time } from '@parley/ui';
import { Link } from '@tanstack/react-router';
import { useCallback, useState, type FormEvent } from 'react';
import { accountCalls } from '../accounts/account-calls.ts';
import { AccountFrame } from '../accounts/account-frame.tsx';
import { AnswerStates } from '../accounts/answer-states.tsx';
import { FormRefusal } from '../accounts/form-refusal.tsx';
import { useSession } from '../accounts/session.ts';
import { switchTo } from '../accounts/session-changes.ts';
import { useAnswer } from '../accounts/use-answer.ts';
import { useSubmission } from '../accounts/use-submission.ts';

type Invitation = Awaited<ReturnType<typeof accountCalls.partners.invitation.query>>;
type Choice = Awaited<ReturnType<typeof accountCalls.partners.choices.query>>[number];

const linkLook = 'text-lg font-medium text-accent underline underline-offset-2';

/** What a link of an invitation to become partners opens: whose it is first, then what it would mean. */
export function PartnerInvitationPage({ token }: { token: string }) {
  const ask = useCallback(() => accountCalls.partners.invitation.query({ token }), [token]);
  const { data: invitation, refusal, again } = useAnswer(ask);
  if (invitation !== null) return <Invited token={token} invitation={invitation} />;
  if (refusal !== null) {
    return (
      <AccountFrame title="This link does not open" lead={refusal.text}>
        <div className="flex items-center gap-4">
          {refusal.code === 'UNREACHABLE' ? <Button onClick={again}>Try again</Button> : null}
          <Link to="/" className={linkLook}>
            Open Parley
          </Link>
        </div>
      </AccountFrame>
    );
  }
  return (
    <main className="grid h-dvh place-items-center">
      <Spinner label="Opening the invitation" />
    </main>
  );
}

function Invited({ token, invitation }: { token: string; invitation: Invitation }) {
  const { organisationName, invitedBy, email, expiresAt } = invitation;
  const session = useSession();
  const person = session.state === 'signedIn' ? session.person : null;
  const isOwn = person?.email.toLowerCase() === email.toLowerCase();
  const [done, setDone] = useState<{ outcome: 'partners' | 'waiting'; name: string }>();
  if (done) return <Done {...done} organisationName={organisationName} />;
  return (
    <AccountFrame
      title={`Become partners with ${organisationName}`}
      lead={`${invitedBy} of ${organisationName} invites your organisation.`}
    >
      <div className="flex flex-col gap-5">
        <p className="flex flex-wrap items-center gap-2 text-base text-ink-2">
          <Chip>{email}</Chip>
          <span>
            The link ends <Time at={expiresAt} as="relative" />.
          </span>
        </p>
        {isOwn ? (
          <Review token={token} organisationName={organisationName} onDone={setDone} />
        ) : person === null ? (
          <>
            <p className="text-base text-ink-2">Only {email} can accept it. Sign in first, then see what it means.</p>
            <Link
              to="/sign-in"
              search={{ next: location.pathname } as never}
              className="grid min-h-11 place-items-center rounded-lg bg-accent px-5 text-lg font-semibold text-on-accent hover:bg-accent-strong forced:border"
            >
              Sign in
            </Link>
          </>
        ) : (
          <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line px-3 py-2.5">
            <p className="min-w-0 text-base text-ink-2">
              This invitation is for another address. This tab belongs to {person.name}, who stays signed in.
            </p>
            <Button onClick={() => void switchTo(null, location.pathname)}>Use another account</Button>
          </div>
        )}
      </div>
    </AccountFrame>
  );
}

interface ReviewProps {
  token: string;
  organisationName: string;
  onDone: (done: { outcome: 'partners' | 'waiting'; name: string }) => void;
}

const askChoices = () => accountCalls.partners.choices.query();

/** For which organisation, and what the other one will and will not see of it. */
function Review({ token, organisationName, onDone }: ReviewProps) {
  const answer = useAnswer(askChoices);
  const choices = answer.data;
  const [chosen, setChosen] = useState<string>();
  const { busy, refusal, submit } = useSubmission();
  if (choices === null) return <AnswerStates answer={answer} label="Fetching your organisations" />;
  const choice: Choice | undefined = choices.find(({ id }) => id === chosen) ?? choices[0];
  if (choice === undefined) {
    return (
      <p className="text-base text-ink-2">
        You belong to no organisation that could accept it. Guests accept nothing for an organisation.
      </p>
    );
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit(async () => {
      const { outcome } = await accountCalls.partners.accept.mutate({ token, orgId: choice.id });
      onDone({ outcome, name: choice.name });
    });
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-5">
      {choices.length > 1 ? (
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1.5 text-base font-medium">Accept for</legend>
          {choices.map(({ id, name }) => (
            <label
              key={id}
              className="flex min-h-11 items-center gap-2.5 rounded-lg border border-line px-3 text-base has-checked:border-accent has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="organisation"
                className="accent-accent"
                checked={id === choice.id}
                onChange={() => setChosen(id)}
              />
              {name}
            </label>
          ))}
        </fieldset>
      ) : null}
      <Points
        title={`What ${organisationName} will see`}
        points={[
          `The name ${choice.name}`,
          'Your name; later those whom your administrators choose',
          'Threads that both sides are in, and the people in them',
        ]}
      />
      <Points
        title={`What stays with ${choice.name}`}
        points={['Your directory, teams and all other people', 'All other threads, and notes among yourselves']}
      />
      <p className="text-base text-ink-3">Either side can suspend or end it at any time.</p>
      <FormRefusal refusal={refusal} />
      <Button type="submit" look="primary" size="large" busy={busy}>
        {choice.outcome === 'waiting' ? 'Ask your administrators' : `Accept for ${choice.name}`}
      </Button>
    </form>
  );
}

function Points({ title, points }: { title: string; points: readonly string[] }) {
  return (
    <section aria-label={title}>
      <h2 className="mb-1 text-base font-semibold">{title}</h2>
      <ul className="flex list-disc flex-col gap-1 pl-5 text-base text-ink-2">
        {points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
    </section>
  );
}

function Done({ outcome, name, organisationName }: { outcome: string; name: string; organisationName: string }) {
  return (
    <AccountFrame
      title={outcome === 'waiting' ? 'Your administrators are asked' : `${name} and ${organisationName} are partners`}
      lead={
        outcome === 'waiting'
          ? `As soon as one of them says yes, ${name} and ${organisationName} are partners.`
          : 'People of both can start threads with each other.'
      }
    >
      <Link to="/" className={linkLook}>
        Open Parley
      </Link>
    </AccountFrame>
  );
}
