import { threadScope } from '@parley/core/scopes';
import type { Pending } from '@parley/sync/client';
import { Button, EmptyState, notify, Time } from '@parley/ui';
import { Check } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { PageFrame } from '../shell/page-frame.tsx';
import { connectionWords, eventWords, storageWords, supportText, waitingWords } from './activity-words.ts';
import { useEngine } from './engine-provider.tsx';
import { FailedItems } from './failed-items.tsx';
import { isKnownAct, itemText, itemTitle } from './item-words.ts';
import { useAllRows, useEvents, useItems, useStatus } from './views.ts';
import { WaitsFor } from './waits-for.tsx';

/** What is queued, why it waits, and what the engine last did. */
export function ActivityPage() {
  const engine = useEngine();
  const status = useStatus();
  const items = useItems();
  const events = useEvents();
  const failed = items.filter(({ state }) => state === 'failed');
  const open = items.filter((item) => item.state !== 'failed' && isKnownAct(item));
  const { connection } = status;
  const waits = connection.state !== 'live' && connection.state !== 'connecting' && connection.state !== 'outdated';

  const copy = async () => {
    await navigator.clipboard.writeText(supportText({ status, items, events, now: Date.now() }));
    notify('Copied, without any text you wrote.');
  };

  return (
    <PageFrame
      title="Saving and sending"
      actions={
        <Button size="small" onClick={() => void copy()}>
          Copy as text
        </Button>
      }
    >
      <div className="mx-auto flex max-w-176 flex-col gap-9 px-5 py-7 max-desk:px-4 max-desk:py-5">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-6 gap-y-2.5 text-base">
          <Fact name="Connection">
            <span className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              {connectionWords(connection)}
              {waits ? (
                <Button size="small" onClick={() => engine.wake()}>
                  Try now
                </Button>
              ) : null}
            </span>
          </Fact>
          <Fact name="Up to date">{status.syncedAt === null ? 'Not yet' : <Time at={status.syncedAt} />}</Fact>
          <Fact name="This tab">
            {status.leads ? 'Talks to the server, for all tabs' : 'Follows another tab, which talks to the server'}
          </Fact>
          <Fact name="This device">{storageWords(status.storage)}</Fact>
        </dl>

        {failed.length > 0 ? (
          <Section title="Could not be sent">
            <FailedItems items={failed} />
          </Section>
        ) : null}

        <Section title="Waiting">
          {open.length === 0 ? (
            <EmptyState icon={<Check size={22} strokeWidth={1.8} />} title="Nothing waits">
              {failed.length > 0 ? 'Everything else' : 'Everything'} you did has reached the server.
            </EmptyState>
          ) : (
            <Lanes items={open} />
          )}
        </Section>

        <Section title="What happened">
          {events.length === 0 ? (
            <p className="text-base text-ink-3">Nothing yet in this tab.</p>
          ) : (
            <ol aria-label="What happened" className="flex flex-col">
              {events.map((event, index) => (
                <li
                  key={events.length - index}
                  className="flex min-h-8 items-baseline gap-4 border-t border-line py-1.5 text-base first:border-t-0"
                >
                  <time
                    dateTime={new Date(event.at).toISOString()}
                    className="shrink-0 text-sm text-ink-3 tabular-nums"
                  >
                    {clock.format(event.at)}
                  </time>
                  <span className="min-w-0">{eventWords(event)}</span>
                </li>
              ))}
            </ol>
          )}
        </Section>
      </div>
    </PageFrame>
  );
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** Items by what they wait in line for; lines do not wait for each other. */
function Lanes({ items }: { items: readonly Pending[] }) {
  const threads = useAllRows('thread');
  const lanes = useMemo(() => [...Map.groupBy(items, ({ lane }) => lane)], [items]);
  return (
    <div className="flex flex-col gap-5">
      {lanes.map(([lane, waiting]) => {
        const thread = threads.find(({ id }) => threadScope(id) === lane);
        const name = thread?.data.subject ?? (lane.startsWith('thread:') ? 'A thread' : 'Your settings');
        return (
          <section key={lane} aria-label={name}>
            <h3 className="truncate text-base font-semibold">{name}</h3>
            <ul className="mt-1">
              {waiting.map((item, index) => (
                <WaitingItem key={item.id} item={item} ahead={waiting.slice(0, index).filter(isInLine).length} />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

const isInLine = ({ heldUntil, waitsFor }: Pending): boolean => heldUntil === null && waitsFor === null;

function WaitingItem({ item, ahead }: { item: Pending; ahead: number }) {
  const engine = useEngine();
  const { connection } = useStatus();
  const text = itemText(item);
  return (
    <li className="flex min-h-11 items-center gap-3 border-t border-line py-2 first:border-t-0">
      <div className="min-w-0 flex-1">
        <p className="truncate text-base">
          {itemTitle(item)}
          {text === null ? null : <span className="text-ink-3"> · {text}</span>}
        </p>
        <p className="text-sm text-ink-3">
          {item.waitsFor === null ? waitingWords(item, ahead, connection) : <WaitsFor id={item.waitsFor} />}
        </p>
      </div>
      {item.state === 'waiting' ? (
        <Button
          size="small"
          look="plain"
          aria-label={`Take back: ${itemTitle(item)}`}
          onClick={() => void engine.discard(item.id)}
        >
          Take back
        </Button>
      ) : null}
    </li>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="mb-3 text-lg font-[650] tracking-[-0.01em]">{title}</h2>
      {children}
    </section>
  );
}
