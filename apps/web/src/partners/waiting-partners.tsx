import { Button, notify, Time } from '@parley/ui';
import { refusalWords } from '../accounts/refusal-words.ts';
import { administration } from '../administration/administration.ts';

/** What members said yes to and an owner or admin has to decide; nothing where nothing waits. */
export function WaitingPartners({ orgId }: { orgId: string }) {
  const waiting = administration.partners.waiting.useQuery({ orgId });
  if (waiting.data === undefined || waiting.data.length === 0) return null;
  return (
    <div>
      <h2 className="mb-3 text-base font-semibold">Waiting for your yes</h2>
      <ul aria-label="Waiting for your yes" className="rounded-xl border border-line">
        {waiting.data.map((asked) => (
          <WaitingLine key={asked.id} orgId={orgId} asked={asked} />
        ))}
      </ul>
    </div>
  );
}

interface WaitingLineProps {
  orgId: string;
  asked: { id: string; organisationName: string; invitedBy: string; acceptedBy: string; acceptedAt: number };
}

function WaitingLine({ orgId, asked }: WaitingLineProps) {
  const { id: invitationId, organisationName, invitedBy, acceptedBy, acceptedAt } = asked;
  const { waiting } = administration.useUtils().partners;
  const settled = {
    onError: (error: unknown) => void notify(refusalWords(error).text, { tone: 'bad' }),
    onSettled: () => waiting.invalidate({ orgId }),
  };
  const approve = administration.partners.approve.useMutation({
    ...settled,
    onSuccess: () => notify(`${organisationName} is your partner now.`),
  });
  const decline = administration.partners.decline.useMutation({
    ...settled,
    onSuccess: () => notify(`${organisationName} is not your partner.`),
  });
  const busy = approve.isPending || decline.isPending;
  return (
    <li className="flex min-h-16 flex-wrap items-center gap-3 border-line px-4 py-2 not-first:border-t max-desk:px-3">
      <span className="min-w-0 flex-1 basis-48">
        <span className="block truncate text-base font-medium">{organisationName}</span>
        <span className="block text-sm text-ink-3">
          {invitedBy} invited you, {acceptedBy} said yes <Time at={acceptedAt} as="relative" />
        </span>
      </span>
      <span className="flex gap-2">
        <Button disabled={busy} onClick={() => decline.mutate({ orgId, invitationId })}>
          Decline
        </Button>
        <Button look="primary" disabled={busy} onClick={() => approve.mutate({ orgId, invitationId })}>
          Approve
        </Button>
      </span>
    </li>
  );
}
