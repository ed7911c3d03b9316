import { orgPeopleScope } from '@parley/core/scopes';
import { Avatar, Button, Chip, EmptyState, Spinner, Time } from '@parley/ui';
import { CloudOff, Unplug } from 'lucide-react';
import { useMemo } from 'react';
import { refusalWords } from '../accounts/refusal-words.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { useRows } from '../sync/views.ts';
import { administration } from './administration.ts';
import { useOnline } from './connection.tsx';

export interface ListedConnection {
  personId: string;
  name: string;
  device: string;
  /** Milliseconds since 1970. */
  openedAt: number;
  /** Within the last hour. */
  reconnects: number;
  /** Milliseconds. */
  answersIn: number | null;
  isOutdated: boolean;
}

const AGAIN_MS = 5_000;

/** Who is connected, and how well. Asks again every few seconds, while somebody looks. */
export function ConnectionsPage({ organisation }: { organisation: OwnOrganisation }) {
  const online = useOnline();
  const rows = useRows(orgPeopleScope(organisation.id), 'person');
  const names = useMemo(() => new Map(rows.map(({ id, data }) => [id, data.name])), [rows]);
  const found = administration.organisations.connections.useQuery(
    { orgId: organisation.id },
    { refetchInterval: online ? AGAIN_MS : false, staleTime: 0 },
  );
  if (found.data === undefined) {
    if (found.isError) {
      return (
        <EmptyState
          icon={<CloudOff size={22} strokeWidth={1.8} />}
          title="The connections did not come"
          action={<Button onClick={() => void found.refetch()}>Try again</Button>}
        >
          {refusalWords(found.error).text}
        </EmptyState>
      );
    }
    if (!online) {
      return (
        <EmptyState icon={<CloudOff size={22} strokeWidth={1.8} />} title="Nobody can be asked now">
          Who is connected shows here when you are back.
        </EmptyState>
      );
    }
    return (
      <div className="grid place-items-center py-12">
        <Spinner label="Fetching the connections" />
      </div>
    );
  }
  const { connections, total, isShared } = found.data;
  const listed = connections.map((each) => ({ ...each, name: names.get(each.personId) ?? 'Somebody' }));
  return (
    <Connections connections={listed} total={total} isShared={isShared} asOf={online ? null : found.dataUpdatedAt} />
  );
}

export interface ConnectionsProps {
  connections: readonly ListedConnection[];
  total: number;
  /** Whether other servers may hold connections of their own. */
  isShared: boolean;
  /** Milliseconds since 1970, where it is not of now. */
  asOf: number | null;
}

export function Connections({ connections, total, isShared, asOf }: ConnectionsProps) {
  const people = new Set(connections.map(({ personId }) => personId)).size;
  const answers = connections.flatMap(({ answersIn }) => answersIn ?? []).toSorted((a, b) => a - b);
  const typical = answers[Math.floor(answers.length / 2)];
  return (
    <section aria-label="Connections">
      <p className="mb-4 text-base text-ink-3">
        {asOf === null ? (
          'Those that lose their line most come first.'
        ) : (
          <>
            As of <Time at={asOf} as="relative" />.
          </>
        )}{' '}
        Whoever is invisible is left out.{isShared ? ' This is what one of your servers holds.' : ''}
      </p>
      <dl className="mb-6 grid grid-cols-4 gap-x-6 gap-y-4 rounded-xl border border-line px-4 py-3.5 max-desk:grid-cols-2">
        <Figure name="Devices" value={total.toLocaleString()} />
        <Figure name="People" value={people.toLocaleString()} />
        <Figure
          name="Reconnects, last hour"
          value={connections.reduce((sum, { reconnects }) => sum + reconnects, 0).toLocaleString()}
        />
        <Figure name="Time to answer" value={typical === undefined ? '–' : inMilliseconds(typical)} />
      </dl>
      {connections.length === 0 ? (
        <EmptyState icon={<Unplug size={22} strokeWidth={1.8} />} title="Nobody is connected">
          Whoever opens Parley shows here within seconds.
        </EmptyState>
      ) : (
        <ul aria-label="Connections" className="-mx-2">
          {connections.map((connection, index) => (
            <ConnectionLine key={`${connection.personId} ${connection.openedAt} ${index}`} connection={connection} />
          ))}
        </ul>
      )}
      {total > connections.length ? (
        <p className="mt-3 text-sm text-ink-3">
          {(total - connections.length).toLocaleString()} more, none of which loses its line more often.
        </p>
      ) : null}
    </section>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex min-w-0 flex-col-reverse">
      <dt className="text-sm text-ink-3">{name}</dt>
      <dd className="text-lg font-semibold tracking-tight tabular-nums">{value}</dd>
    </div>
  );
}

function ConnectionLine({ connection }: { connection: ListedConnection }) {
  const { personId, name, device, openedAt, reconnects, answersIn, isOutdated } = connection;
  return (
    <li className="flex min-h-14 items-center gap-3 rounded-lg px-2 py-1.5 [contain-intrinsic-size:auto_3.5rem] [content-visibility:auto]">
      <Avatar id={personId} name={name} />
      <span className="flex min-w-0 flex-1 items-center gap-3 max-desk:flex-col max-desk:items-stretch max-desk:gap-1">
        <span className="min-w-0 flex-1">
          <span className="block truncate text-base font-medium">{name}</span>
          <span className="block truncate text-sm text-ink-3">
            {device} · since <Time at={openedAt} />
          </span>
        </span>
        <span className="flex shrink-0 gap-1.5 empty:hidden">
          {isOutdated ? <Chip>Older release</Chip> : null}
          {reconnects === 0 ? null : (
            <Chip tone={reconnects < 5 ? 'neutral' : 'bad'}>
              {reconnects === 1 ? '1 reconnect' : `${reconnects.toLocaleString()} reconnects`}
            </Chip>
          )}
        </span>
      </span>
      <span className="w-16 shrink-0 text-right text-sm text-ink-3 tabular-nums">
        {answersIn === null ? '' : inMilliseconds(answersIn)}
      </span>
    </li>
  );
}

const inMilliseconds = (milliseconds: number): string => `${Math.max(1, Math.round(milliseconds)).toLocaleString()} ms`;
