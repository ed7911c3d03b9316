import { orgPeopleScope, threadPeopleScope, userScope } from '@parley/core/scopes';
import { SUBJECT_LENGTH } from '@parley/core/text';
import type { ThreadPermission } from '@parley/core/thread-orgs';
import type { ParticipantRow } from '@parley/core/threads';
import { EmptyState, formatList, Segmented, TextField } from '@parley/ui';
import { useNavigate } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { v7 as uuidv7 } from 'uuid';
import { Composer } from '../messages/composer.tsx';
import { useDraft } from '../messages/use-draft.ts';
import { useFirstReach } from '../messages/use-first-reach.ts';
import { useGroups } from '../people/use-groups.ts';
import { byPartner, useContacts } from '../partners/use-contacts.ts';
import { useChosenOrganisation } from '../shell/chosen-organisation.ts';
import { PageFrame } from '../shell/page-frame.tsx';
import { useOrganisations } from '../shell/use-organisations.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { OfflineBanner } from '../sync/offline-banner.tsx';
import { useOpenScope, useRow, useRows } from '../sync/views.ts';
import { useOwnThread } from './continuing.tsx';
import { PeoplePicker } from './people-picker.tsx';
import { readsWords } from './reads-words.ts';
import { PermissionChoice } from './thread-organisations.tsx';

interface NewThread {
  subject: string;
  /** `null`: as in the thread it continues. */
  picked: string[] | null;
  /** What each partner may do, by its id; without it, all that one can allow. */
  permissions: Readonly<Record<string, ThreadPermission>>;
  text: string;
}

/** The thread that a new one goes on from, with those of one's own who are in it: people, and groups. */
interface Continued {
  threadId: string;
  subject: string;
  colleagues: readonly string[];
}

/** Starts a thread: people, subject, and a first message if one likes. Works without a network. */
export const NewThreadPage = ({ continues }: { continues: string | undefined }) =>
  continues === undefined ? <FreshPage /> : <ContinuingPage threadId={continues} />;

function FreshPage() {
  const organisations = useOrganisations().filter(({ mayStart }) => mayStart);
  const chosen = useChosenOrganisation(organisations);
  const [pickedId, setPickedId] = useState<string | null>(null);
  const organisation = organisations.find(({ id }) => id === pickedId) ?? chosen ?? organisations[0];
  return (
    <>
      <OfflineBanner />
      <PageFrame title="New thread" lead={organisations.length > 1 ? undefined : organisation?.name}>
        {organisation === undefined ? (
          <EmptyState icon={<MessagesSquare size={22} />} title="Threads are started by members">
            You take part in the threads you are added to.
          </EmptyState>
        ) : (
          <div className="flex min-h-full flex-col">
            {organisations.length > 1 ? (
              <div className="mx-auto w-full max-w-180 px-5 pt-5 max-desk:px-4">
                <Segmented
                  label="Organisation"
                  value={organisation.id}
                  options={organisations.map(({ id, name }) => ({ value: id, label: name }))}
                  onChange={setPickedId}
                  className="max-w-full flex-wrap"
                />
              </div>
            ) : null}
            <NewThreadForm orgId={organisation.id} orgName={organisation.name} />
          </div>
        )}
      </PageFrame>
    </>
  );
}

function ContinuingPage({ threadId }: { threadId: string }) {
  useOpenScope(threadPeopleScope(threadId));
  const personId = usePersonId();
  const before = useOwnThread(threadId);
  const orgId = useRow(userScope(personId), 'participation', threadId)?.data.actingOrg;
  const organisation = useOrganisations().find(({ id, mayStart }) => id === orgId && mayStart);
  const people = useRows(threadPeopleScope(threadId), 'participant');
  const groups = useRows(threadPeopleScope(threadId), 'group');
  const colleagues = [
    ...people.filter(({ id, data }) => isSingly(data) && data.actingOrg === orgId && id !== personId),
    ...groups.filter(({ data }) => data.orgId === orgId),
  ].map(({ id }) => id);
  return (
    <>
      <OfflineBanner />
      <PageFrame title="Continue with a partner" lead={before && `From “${before.subject}”`}>
        {before === undefined || organisation === undefined ? (
          <EmptyState icon={<MessagesSquare size={22} />} title="This thread is not here">
            Its address may have been cut off when it was copied, or you cannot go on from it.
          </EmptyState>
        ) : (
          <div className="flex min-h-full flex-col">
            <NewThreadForm
              orgId={organisation.id}
              orgName={organisation.name}
              continues={{ threadId, subject: before.subject, colleagues }}
            />
          </div>
        )}
      </PageFrame>
    </>
  );
}

const SUBJECT_MISSING = 'A thread needs a subject.';
const PARTNER_MISSING = 'Choose somebody of a partner.';
const nobody: readonly string[] = [];
const isSingly = ({ leftAt, via }: ParticipantRow): boolean => leftAt === null && !via;

function NewThreadForm({ orgId, orgName, continues }: { orgId: string; orgName: string; continues?: Continued }) {
  const draftKey = continues ? `new.${continues.threadId}` : 'new';
  const engine = useEngine();
  const personId = usePersonId();
  const navigate = useNavigate();
  const draft = useDraft(draftKey);
  const [thread, setThread] = useState(() => readDraft(draft.initial, continues));
  const [missing, setMissing] = useState<'subject' | 'partner' | null>(null);
  const picked = thread.picked ?? continues?.colleagues ?? nobody;
  const subjectField = useRef<HTMLInputElement>(null);
  const peopleField = useRef<HTMLInputElement>(null);
  const directory = useRows(orgPeopleScope(orgId), 'person');
  const people = useMemo(
    () => directory.filter(({ id, data }) => data.active && id !== personId).map(({ id, data }) => ({ id, ...data })),
    [directory, personId],
  );
  const contacts = useContacts(orgId);
  const everybody = useMemo(() => [...people, ...contacts], [people, contacts]);
  const groups = useGroups(orgId);
  const chosen = useMemo(() => people.filter(({ id }) => picked.includes(id)), [people, picked]);
  const chosenContacts = useMemo(() => contacts.filter(({ id }) => picked.includes(id)), [contacts, picked]);
  const chosenPartners = new Map(chosenContacts.map(({ partnerId, outside }) => [partnerId, outside]));
  const partners = [...chosenPartners.values()];
  const permissionOf = (partnerId: string): ThreadPermission => thread.permissions[partnerId] ?? 'invite';
  const chosenGroups = useMemo(() => groups.filter(({ id }) => picked.includes(id)), [groups, picked]);
  const readers = useMemo(() => {
    const byId = new Map(
      [...chosen, ...chosenContacts, ...chosenGroups.flatMap((group) => group.people)].map((one) => [one.id, one]),
    );
    byId.delete(personId);
    return [...byId.values()];
  }, [chosen, chosenContacts, chosenGroups, personId]);
  const mentionable = useMemo(
    () => [...readers, ...chosenGroups.map(({ id, kind, name }) => ({ id, name, group: kind }))],
    [readers, chosenGroups],
  );

  const reach = useFirstReach(draftKey, draftKey, () => ({
    ownOrg: orgId,
    organisations: [[orgId, orgName] as const, ...chosenPartners].map(([id, name]) => ({ id, name, addedAt: 0 })),
    lastOwnAt: null,
    present: new Set(readers.map(({ id }) => id)),
  }));

  const latest = useRef(thread);
  const change = (part: Partial<NewThread>) => {
    latest.current = { ...latest.current, ...part };
    setThread(latest.current);
    draft.save(JSON.stringify(latest.current));
  };
  useEffect(() => {
    (continues ? peopleField : subjectField).current?.focus();
    // As the page opens.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const start = async (text: string) => {
    const subject = thread.subject.trim();
    if (subject === '') {
      setMissing('subject');
      subjectField.current?.focus();
      throw Object.assign(new Error(SUBJECT_MISSING), { name: 'Refusal' });
    }
    if (continues && chosenContacts.length === 0) {
      setMissing('partner');
      peopleField.current?.focus();
      throw Object.assign(new Error(PARTNER_MISSING), { name: 'Refusal' });
    }
    reach.sent(text);
    draft.sent();
    const threadId = uuidv7();
    // The draft goes with whatever comes last, so that a crash in between loses nothing.
    const clear = { clearDraft: draftKey };
    const created = await engine.mutate(
      'createThread',
      {
        ...{ threadId, orgId, subject, participantIds: chosen.map(({ id }) => id) },
        ...(chosenContacts.length > 0 && {
          partners: byPartner(chosenContacts).map((partner) => ({
            ...partner,
            permission: permissionOf(partner.orgId),
          })),
        }),
        ...(chosenGroups.length > 0 && { groupIds: chosenGroups.map(({ id }) => id) }),
        ...(continues && { continues: { threadId: continues.threadId, messageId: uuidv7() } }),
      },
      text === '' ? clear : {},
    );
    const sent =
      text === '' ? created : await engine.mutate('sendMessage', { threadId, messageId: uuidv7(), text }, clear);
    await Promise.all([created.saved, sent.saved]);
    void navigate({ to: '/t/$threadId', params: { threadId }, replace: true });
  };

  return (
    <div className="mx-auto flex w-full max-w-180 flex-1 flex-col gap-5 px-5 py-6 max-desk:px-4 max-desk:py-4">
      <TextField
        ref={subjectField}
        label="Subject"
        value={thread.subject}
        maxLength={SUBJECT_LENGTH}
        error={missing === 'subject' ? SUBJECT_MISSING : undefined}
        hint="What it is about, in a few words."
        onChange={({ target }) => {
          setMissing(null);
          change({ subject: target.value });
        }}
      />
      <div className="flex flex-col gap-1.5">
        <span className="text-base font-medium">People</span>
        <PeoplePicker
          label="People"
          people={everybody}
          groups={people.length === 0 ? [] : groups}
          picked={picked}
          onChange={(next) => {
            setMissing(null);
            change({ picked: next });
          }}
          fieldRef={peopleField}
        />
        {missing === 'partner' ? (
          <p role="alert" className="text-sm font-medium text-bad">
            {PARTNER_MISSING}
          </p>
        ) : null}
        <p className="text-sm text-ink-3">
          {everybody.length === 0
            ? 'Nobody else is here yet. Start it alone and add people later.'
            : 'They see everything written in the thread. More can be added later.'}
        </p>
        {continues ? (
          <p className="text-sm text-ink-2">
            Nothing of “{continues.subject}” is copied. It will say that it goes on here, and those who read both get a
            link.
          </p>
        ) : null}
      </div>
      {partners.length > 0 ? (
        <div className="flex flex-col gap-2.5">
          <p role="status" className="rounded-lg bg-outside-soft px-4 py-3 text-outside">
            <b className="font-semibold">External thread.</b> {formatList(partners)} will read everything written here,
            now and later. It stays external.
          </p>
          {[...chosenPartners].map(([partnerId, name]) => (
            <div key={partnerId} className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1.5">
              <span className="min-w-0 truncate">What {name} may do</span>
              <PermissionChoice
                partner={name}
                value={permissionOf(partnerId)}
                onChange={(permission) =>
                  change({ permissions: { ...latest.current.permissions, [partnerId]: permission } })
                }
              />
            </div>
          ))}
        </div>
      ) : null}
      <div className="-mx-4 mt-auto max-desk:-mx-2">
        <Composer
          label="First message"
          placeholder="First message, if you like"
          initialText={thread.text}
          onChange={(text) => {
            change({ text });
            if (text.trim() === '') reach.emptied();
          }}
          confirm={reach.confirm}
          onPaste={reach.onPaste}
          onSend={start}
          people={mentionable}
          reads={
            readers.length === 0
              ? 'Only you, until you add people'
              : readsWords(readers, readers.length > chosenContacts.length ? orgName : undefined, partners)
          }
          sendLabel={partners.length > 0 ? 'Start external thread' : 'Start thread'}
          mayBeEmpty
        />
      </div>
    </div>
  );
}

function readDraft(kept: string, continues: Continued | undefined): NewThread {
  try {
    const { subject, picked, permissions, text } = JSON.parse(kept) as Partial<NewThread>;
    return {
      subject: subject ?? '',
      picked: Array.isArray(picked) ? picked : continues ? null : [],
      permissions: permissions ?? {},
      text: text ?? '',
    };
  } catch {
    return { subject: continues?.subject ?? '', picked: continues ? null : [], permissions: {}, text: kept };
  }
}
