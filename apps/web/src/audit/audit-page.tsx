import { AUDIT_GROUPS, type AuditGroup } from '@parley/core/audit';
import { orgPeopleScope } from '@parley/core/scopes';
import { Button, EmptyState, Menu, notify, Spinner, Time } from '@parley/ui';
import { CloudOff, Download, ScrollText } from 'lucide-react';
import { useState } from 'react';
import { refusalWords } from '../accounts/refusal-words.ts';
import { saveText } from '../accounts/save-text.ts';
import { administration } from '../administration/administration.ts';
import { useOnline } from '../administration/connection.tsx';
import { fileName } from '../exports/file-name.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { useRows } from '../sync/views.ts';
import { logAsCsv, logAsJson } from './audit-file.ts';
import { Choice } from './choice.tsx';
import { eventWords, type LoggedEvent } from './event-words.ts';

const groups: Readonly<Record<AuditGroup, string>> = {
  accounts: 'Signing in and accounts',
  invitations: 'Invitations',
  people: 'People and roles',
  partners: 'Partners',
  settings: 'Settings, imports and exports',
};

const DAY = 86_400_000;
const spans = { '': 'At any time', 1: 'In the last day', 7: 'In the last week', 30: 'In the last 30 days' };

const EXPORT_PAGE = 500;

/** Who did what in the organisation, newest first. Nobody can change it, so there is nothing to do here but to read. */
export function AuditPage({ organisation }: { organisation: OwnOrganisation }) {
  const { id: orgId } = organisation;
  const online = useOnline();
  const people = useRows(orgPeopleScope(orgId), 'person');
  const [group, setGroup] = useState<AuditGroup | ''>('');
  const [personId, setPersonId] = useState('');
  const [span, setSpan] = useState({ days: '', from: 0 });
  const wanted = {
    orgId,
    ...(group !== '' && { kinds: [...AUDIT_GROUPS[group]] }),
    ...(personId !== '' && { personId }),
    ...(span.days !== '' && { from: span.from }),
  };
  const log = administration.audit.list.useInfiniteQuery(wanted, {
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
  });
  const events = log.data?.pages.flatMap(({ items }) => items);
  const isNarrowed = group !== '' || personId !== '' || span.days !== '';
  const widen = () => {
    setGroup('');
    setPersonId('');
    setSpan({ days: '', from: 0 });
  };
  const names = people
    .filter(({ data }) => !data.placeholder)
    .map(({ id, data }) => ({ value: id, label: data.name }))
    .toSorted((one, other) => one.label.localeCompare(other.label));
  return (
    <section aria-label="Audit log">
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <Choice
          label="What"
          value={group}
          options={Object.entries({ '': 'Everything', ...groups }).map(([value, label]) => ({ value, label }))}
          onChange={(value) => setGroup(value as AuditGroup | '')}
        />
        <Choice
          label="Who"
          value={personId}
          options={[{ value: '', label: 'Everybody' }, ...names]}
          onChange={setPersonId}
        />
        <Choice
          label="When"
          value={span.days}
          options={Object.entries(spans).map(([value, label]) => ({ value, label }))}
          onChange={(days) => setSpan({ days, from: Date.now() - Number(days) * DAY })}
        />
        <SaveMenu wanted={wanted} name={`${organisation.name} audit log`} disabled={!online || !events?.length} />
      </div>
      {events === undefined ? (
        log.isError ? (
          <EmptyState
            icon={<CloudOff size={22} strokeWidth={1.8} />}
            title="The log did not come"
            action={<Button onClick={() => void log.refetch()}>Try again</Button>}
          >
            {refusalWords(log.error).text}
          </EmptyState>
        ) : (
          <div className="grid place-items-center py-12">
            <Spinner label="Fetching the log" />
          </div>
        )
      ) : events.length === 0 ? (
        <EmptyState
          icon={<ScrollText size={22} strokeWidth={1.8} />}
          title={isNarrowed ? 'Nothing of this kind' : 'Nothing has happened yet'}
          action={isNarrowed ? <Button onClick={widen}>Show everything</Button> : undefined}
        >
          Who signs in, invites, changes roles and settings is written down here. Nobody can change it.
        </EmptyState>
      ) : (
        <>
          <ol aria-label="Audit log" className="rounded-xl border border-line">
            {events.map((event) => (
              <Line key={event.id} event={event} />
            ))}
          </ol>
          {log.hasNextPage ? (
            <div className="mt-4 grid place-items-center">
              <Button busy={log.isFetchingNextPage} disabled={!online} onClick={() => void log.fetchNextPage()}>
                Show older
              </Button>
            </div>
          ) : null}
        </>
      )}
    </section>
  );
}

function Line({ event }: { event: LoggedEvent }) {
  return (
    <li className="flex min-h-14 flex-col justify-center border-line px-4 py-2 not-first:border-t max-desk:px-3">
      <span className="text-base wrap-anywhere">{eventWords(event)}</span>
      <span className="text-sm text-ink-3 wrap-anywhere">
        <Time at={event.at} />
        {event.device === null ? null : ` · ${event.device}, ${event.place}`}
      </span>
    </li>
  );
}

interface SaveMenuProps {
  wanted: Parameters<ReturnType<typeof administration.useUtils>['audit']['list']['fetch']>[0];
  name: string;
  disabled: boolean;
}

/** Everything that is looked for, not only what is in sight. */
function SaveMenu({ wanted, name, disabled }: SaveMenuProps) {
  const { list } = administration.useUtils().audit;
  const [saving, setSaving] = useState(false);
  const save = async (extension: 'csv' | 'json', type: string, write: (events: LoggedEvent[]) => string) => {
    setSaving(true);
    try {
      const events: LoggedEvent[] = [];
      let cursor: number | null | undefined;
      while (cursor !== null) {
        const page = await list.fetch(
          { ...wanted, limit: EXPORT_PAGE, ...(cursor !== undefined && { cursor }) },
          { staleTime: 0 },
        );
        events.push(...page.items);
        cursor = page.nextCursor;
      }
      saveText(write(events), { name: fileName(name, extension), type });
    } catch (error) {
      notify(refusalWords(error).text, { tone: 'bad' });
    } finally {
      setSaving(false);
    }
  };
  return (
    <Menu
      label="Save the log as a file"
      items={[
        { label: 'As a table (CSV)', onSelect: () => void save('csv', 'text/csv;charset=utf-8', logAsCsv) },
        { label: 'For programs (JSON)', onSelect: () => void save('json', 'application/json', logAsJson) },
      ]}
      trigger={(props) => (
        <Button
          {...props}
          disabled={disabled}
          busy={saving}
          icon={<Download size={16} aria-hidden />}
          className="ml-auto min-h-9"
        >
          Save
        </Button>
      )}
    />
  );
}
