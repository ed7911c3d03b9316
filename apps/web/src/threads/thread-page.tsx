import { mayDeleteForOthers, maySeeDirectory } from '@parley/core/organisations';
import { notesScope, orgScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { isArchived, usualSetting } from '@parley/core/thread-settings';
import { mayAddOwn, mayAddPartners, mayRemoveOf, mayWriteIn } from '@parley/core/thread-orgs';
import type { ThreadRow } from '@parley/core/threads';
import type { ViewRow } from '@parley/sync/client';
import { Banner, Button, Delayed, Dialog, EmptyState, notify, Spinner } from '@parley/ui';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { lazy, Suspense, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { v7 as uuidv7 } from 'uuid';
import type { ComposerHandle } from '../messages/composer.tsx';
import { copySelection } from '../messages/copied.ts';
import { draftKeyOf } from '../messages/draft-key.ts';
import { LogDoorContext, UNKNOWN_PERSON } from '../messages/log-door.ts';
import { LogMarksContext, useLogMarksOf } from '../messages/log-marks.ts';
import { messageState } from '../messages/message-state.ts';
import { NoteSwitch } from '../messages/note-switch.tsx';
import { ThreadComposer, type Writing } from '../messages/thread-composer.tsx';
import { ThreadLog, type ThreadLogHandle } from '../messages/thread-log.tsx';
import { useLogDoorOf } from '../messages/use-log-door-of.ts';
import { plainText } from '../markdown/plain-text.ts';
import { useMessageLinks } from '../messages/use-message-links.ts';
import { useWrittenKind, type WrittenKind } from '../messages/written-kind.ts';
import { TypingLine } from '../presence/typing-line.tsx';
import { useThreadPresence } from '../presence/use-room.ts';
import { byPartner, useContacts } from '../partners/use-contacts.ts';
import { useReceiptsIn } from '../receipts/use-receipts.ts';
import { forgetThread } from '../shell/last-thread.ts';
import { useOrganisations } from '../shell/use-organisations.ts';
import { attempt } from '../sync/attempt.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { FailedItems } from '../sync/failed-items.tsx';
import { itemThreadId } from '../sync/item-words.ts';
import { OfflineBanner } from '../sync/offline-banner.tsx';
import { useRealtimeMessaging } from '../sync/use-realtime-messaging.ts';
import { useFailedItems, useOpenScope, useRow, useRows, useStatusPart } from '../sync/views.ts';
import { continueThread, continuingItems, mayContinue } from './continuing.tsx';
import { readsWords } from './reads-words.ts';
import { ResolvedBar } from './resolved-bar.tsx';
import { copyLink, setResolved, threadMenuItems } from './thread-acts.tsx';
import { ThreadHeader } from './thread-header.tsx';
import { useNamesInThread } from './use-person-names.ts';
import { useThreadPeople } from './use-thread-people.ts';

const PinsPanel = lazy(async () => ({ default: (await import('../messages/pins-panel.tsx')).PinsPanel }));
const ForwardDialog = lazy(async () => ({ default: (await import('../messages/forward-dialog.tsx')).ForwardDialog }));
const ReadersPanel = lazy(async () => ({ default: (await import('../receipts/readers-panel.tsx')).ReadersPanel }));
const RepliesPanel = lazy(async () => ({ default: (await import('../messages/replies-panel.tsx')).RepliesPanel }));
// Inviting talks to the server directly; its code comes only to those who may.
const InviteButton = lazy(async () => ({
  default: (await import('../people/invitations.tsx')).InviteButton,
}));
const ThreadDetails = lazy(async () => ({ default: (await import('./thread-details.tsx')).ThreadDetails }));

/** One thread: what is written in it, and where to write. Mount it anew for another thread. */
export function ThreadPage({ threadId }: { threadId: string }) {
  const { isConnected, subscribeToThread } = useRealtimeMessaging();
  useEffect(() => subscribeToThread(threadId), [subscribeToThread, threadId]);
  const thread = useRow(threadScope(threadId), 'thread', threadId);
  const marks = useLogMarksOf(threadId);
  const participation = useRow(userScope(usePersonId()), 'participation', threadId);
  const ready = useStatusPart((status) => status.ready);
  const failed = useFailedItems().filter((item) => itemThreadId(item) === threadId);
  const navigate = useNavigate();
  const here = thread !== undefined && participation?.data.leftAt === null;
  const gone = !here && ready && (isConnected || participation?.data.leftAt != null);
  useEffect(() => {
    if (gone) forgetThread();
  }, [gone]);

  if (here) {
    return (
      <LogMarksContext value={marks}>
        <OpenThread threadId={threadId} thread={thread} orgId={participation.data.actingOrg} />
      </LogMarksContext>
    );
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-sheet">
      <OfflineBanner />
      <div className="grid min-h-0 flex-1 place-items-center overflow-y-auto">
        {gone ? (
          <div className="w-full max-w-130 px-5 pb-8">
            <EmptyState
              level={1}
              icon={<MessagesSquare size={22} strokeWidth={1.8} />}
              title={participation ? 'You no longer take part in this thread' : 'This thread is not here'}
              action={<Button onClick={() => void navigate({ to: '/' })}>Go to your threads</Button>}
            >
              {failed.length > 0
                ? 'What you wrote and could not be sent is kept below.'
                : participation
                  ? 'Anyone in it can add you again.'
                  : 'Its address may have been cut off when it was copied, or you do not take part in it.'}
            </EmptyState>
            <FailedItems items={failed} />
          </div>
        ) : (
          <Delayed>
            <Spinner label="Opening the thread" />
          </Delayed>
        )}
      </div>
    </div>
  );
}

type Panel =
  | { kind: 'details' }
  | { kind: 'pins' }
  | { kind: 'replies'; rootId: string }
  | { kind: 'readers'; messageId: string }
  | null;

/** `orgId` is the organisation the reader acts for in it. */
function OpenThread({ threadId, thread, orgId }: { threadId: string; thread: ViewRow<ThreadRow>; orgId: string }) {
  const engine = useEngine();
  const personId = usePersonId();
  const navigate = useNavigate();
  const { kind, subject, createdAt, createdBy, lastSeq, resolved } = thread.data;
  const setting = useRow(userScope(personId), 'threadSetting', threadId)?.data ?? usualSetting;
  const organisation = useRow(orgScope(orgId), 'org', orgId);
  const role = useRow(userScope(personId), 'membership', orgId)?.data.role ?? 'guest';
  const invites = useOrganisations().find(({ id, mayInvite }) => id === orgId && mayInvite);
  const threadOrgs = useRows(threadPeopleScope(threadId), 'threadOrg');
  const standing = {
    thread: thread.data,
    actingOrg: orgId,
    role,
    org: threadOrgs.find(({ id }) => id === orgId)?.data,
  };
  const outside = new Map(threadOrgs.flatMap(({ id, data }) => (id === orgId ? [] : [[id, data.name] as const])));
  const mayWrite = mayWriteIn(standing);
  const noMessages = mayWrite ? null : restWords(standing.org?.state === 'ended');
  const partners = [...outside.values()].sort();
  const contacts = useContacts(orgId);
  const personName = useNamesInThread(threadId);
  const { people, former, groups, readers, mentionable, mentionableInNotes, pickable, pickableGroups } =
    useThreadPeople(threadId, orgId);
  const hasNotes = kind === 'external' && maySeeDirectory(role);
  const notes = notesScope(threadId, orgId);
  useOpenScope(hasNotes ? notes : null);
  const { inThread, inNotes, present } = useThreadPresence({ threadId, orgId, hasNotes });

  const log = useRef<ThreadLogHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const [panel, setPanel] = useState<Panel>(null);
  const [writtenKind, chooseKind] = useWrittenKind(threadId);
  const begin = (as: WrittenKind): Writing =>
    (as === 'note' || !mayWrite) && hasNotes ? { kind: 'note', notesOf: orgId } : { kind: 'message', replyTo: null };
  const [wanted, setWriting] = useState(() => begin(writtenKind));
  const isOfNote = wanted.kind === 'edit' && wanted.notesOf !== null;
  // Meanwhile they may have become a guest, who writes no notes, or the partnership rests. What was begun stays a draft.
  const writing = wanted.kind === 'note' || !(mayWrite || isOfNote) ? begin('note') : wanted;
  // From then on: a note becomes no message because the partnership is resumed.
  if (writing.kind === 'note' && wanted.kind !== 'note') setWriting(writing);
  const write = (next: Writing) => {
    if (next.kind === 'note' || (next.kind === 'message' && next.replyTo === null)) chooseKind(next.kind);
    setWriting(next);
  };
  const [reopens, setReopens] = useState(true);
  const [forwarding, setForwarding] = useState<string | null>(null);
  const [deleting, setDeleting] = useState<string | null>(null);
  // On a phone the keyboard would cover the thread before it is read.
  const takesFocus = useRef(matchMedia('(hover: hover)').matches);
  const atSwitch = useRef(false);

  const receipts = useReceiptsIn(threadId, people.length);
  const door = useLogDoorOf({
    threadId,
    orgId,
    orgName: organisation?.data.name ?? 'your organisation',
    mentionable,
    personName,
    mayWrite,
    // Messages of partners are theirs to delete.
    mayDeleteMessages: kind === 'internal' && mayDeleteForOthers(role),
    mayDeleteNotes: mayDeleteForOthers(role),
    log,
    composer,
    writing,
    onWrite: write,
    onDelete: setDeleting,
    onReplies: (rootId) => setPanel({ kind: 'replies', rootId }),
    receipts,
    onReaders: (messageId) => setPanel({ kind: 'readers', messageId }),
    onForward: setForwarding,
  });

  // On the way to another thread this one is still drawn, and the message is not its own.
  const hash = useLocation({ select: ({ pathname, hash }) => (pathname === `/t/${threadId}` ? hash : '') });
  const seek = useMemo(() => {
    const messageId = /^#?m-(.+)$/.exec(hash)?.[1];
    return messageId === undefined ? null : { messageId };
  }, [hash]);
  const followLinks = useMessageLinks(threadId, door.jumpTo);
  const pins = [...useContext(LogMarksContext).pinByMessageId.values()];
  const forwarded = useRow(threadScope(threadId), 'message', forwarding ?? '');

  const editLast = () => {
    const rows = writing.kind === 'note' ? engine.rows(notes, 'note') : engine.rows(threadScope(threadId), 'message');
    const own = rows.findLast(({ data }) => data.authorId === personId && data.deletedAt === null);
    if (own && messageState(own).held !== null) door.takeBack(own);
    else if (own) door.edit(own.id);
  };
  const leaveWriting = () => {
    const next = begin(writtenKind);
    // Another composer takes the focus as it appears.
    if (writing.kind === next.kind) composer.current?.focus();
    else takesFocus.current = true;
    setWriting(next);
  };
  const changeKind = (next: WrittenKind, from: 'switch' | 'field') => {
    atSwitch.current = from === 'switch';
    takesFocus.current = from === 'field';
    write(begin(next));
  };
  const remove = async (leaverId: string) => {
    const done = await attempt(
      engine.mutate('removeParticipant', { threadId, messageId: uuidv7(), personId: leaverId }),
    );
    if (done && leaverId === personId) {
      forgetThread();
      void navigate({ to: '/' });
    }
  };
  const parts = { engine, personId, threadId };
  const onSent = () => {
    if (resolved && reopens) void setResolved(parts, false);
    log.current?.goOn();
  };
  const elsewhere = people.flatMap(({ actingOrg }) => outside.get(actingOrg) ?? []);
  const home = elsewhere.length === 0 || readers.length > elsewhere.length ? organisation?.data.name : undefined;
  const whoReads = people.length === 0 ? '\u00A0' : readsWords(readers, home, [...new Set(elsewhere)].sort());
  const reads = kind === 'external' ? <span className="font-[550] text-outside">External. {whoReads}</span> : whoReads;
  const isNote = writing.kind !== 'message' && writing.notesOf !== null;
  const draftKind = writing.kind === 'note' ? 'note' : undefined;
  const draftKey =
    writing.kind === 'edit' ? `edit.${writing.messageId}` : draftKeyOf({ threadId, rootId: null, kind: draftKind });
  useEffect(() => {
    // A composer that appears by itself later takes no focus, nor what is being typed.
    takesFocus.current = false;
  }, [draftKey]);
  const deletesNote = engine.row(notes, 'note', deleting ?? '') !== undefined;

  return (
    <LogDoorContext value={door}>
      <div
        ref={followLinks}
        className="flex min-h-0 flex-1 flex-col bg-sheet"
        onCopy={(event) => copySelection(event, door.scopeOf)}
      >
        <OfflineBanner />
        <div className="relative flex min-h-0 flex-1">
          <div className="flex min-h-0 min-w-0 flex-1 flex-col">
            <ThreadHeader
              subject={subject}
              people={people}
              groups={groups}
              personId={personId}
              inThread={inThread}
              present={present}
              partners={partners}
              is={{
                resolved: Boolean(resolved),
                archived: isArchived(setting, { lastSeq }),
                muted: setting.level === 'nothing',
                pinned: setting.pinnedAt !== null,
              }}
              pins={pins.length}
              pinsOpen={panel?.kind === 'pins'}
              onPins={() => setPanel(panel?.kind === 'pins' ? null : { kind: 'pins' })}
              menu={() => [...threadMenuItems(parts, { unread: false }), ...continuingItems(parts, navigate)]}
              continuedFrom={thread.data.continuedFrom ?? null}
              detailsOpen={panel?.kind === 'details'}
              mayRename={mayWrite}
              onRename={(next) =>
                void attempt(engine.mutate('renameThread', { threadId, messageId: uuidv7(), subject: next }))
              }
              onBack={() => void navigate({ to: '/' })}
              onDetails={() => setPanel(panel?.kind === 'details' ? null : { kind: 'details' })}
            />
            <ThreadLog ref={log} threadId={threadId} orgId={orgId} lastSeq={lastSeq} seek={seek} />
            {resolved ? (
              <ResolvedBar
                by={resolved.by === personId ? 'you' : (personName(resolved.by) ?? UNKNOWN_PERSON)}
                at={resolved.at}
                reopens={reopens}
                onReopens={isNote ? null : setReopens}
                onReopen={() => void setResolved(parts, false)}
              />
            ) : null}
            {noMessages === null ? null : (
              <div className="mb-2">
                <Banner tone="outside">
                  {noMessages}
                  {hasNotes ? ' Notes can be written.' : ''}
                </Banner>
              </div>
            )}
            {mayWrite || hasNotes ? (
              <ThreadComposer
                key={draftKey}
                ref={composer}
                threadId={threadId}
                writing={writing}
                label={isNote ? `Note in ${subject}` : `Message to ${subject}`}
                people={isNote ? mentionableInNotes : mentionable}
                personName={personName}
                reads={isNote ? `Only ${door.noteReaders} reads this` : reads}
                audience={
                  hasNotes ? (
                    <NoteSwitch
                      value={isNote ? 'note' : 'message'}
                      onChange={changeKind}
                      noMessages={noMessages}
                      takesFocus={atSwitch.current}
                    />
                  ) : undefined
                }
                draftKey={draftKey}
                autoFocus={takesFocus.current || writing.kind === 'edit'}
                onLeave={leaveWriting}
                onSent={() => {
                  setWriting(begin(writtenKind));
                  if (isNote) log.current?.goOn();
                  else onSent();
                  log.current?.jumpToEnd();
                }}
                onEditLast={editLast}
              />
            ) : null}
            <TypingLine inThread={inThread} inNotes={inNotes} personName={personName} />
          </div>
          <Suspense>
            {panel?.kind === 'details' ? (
              <ThreadDetails
                inThread={inThread}
                present={present}
                rooms={[threadScope(threadId), ...(maySeeDirectory(role) ? [orgScope(orgId)] : [])]}
                createdAt={createdAt}
                createdBy={personName(createdBy) ?? 'somebody'}
                people={people}
                former={former}
                groups={groups}
                organisations={threadOrgs
                  .map(({ id, data }) => ({ ...data, id, isHome: id === thread.data.homeOrg, isOutside: id !== orgId }))
                  .sort(
                    (one, other) => Number(other.isHome) - Number(one.isHome) || one.name.localeCompare(other.name),
                  )}
                onPermit={
                  mayAddPartners(standing)
                    ? (partnerId, permission) => {
                        const change = { threadId, orgId: partnerId, permission };
                        void attempt(engine.mutate('changePartnerPermission', change));
                      }
                    : null
                }
                onCopyLink={() => copyLink(parts)}
                continuedFrom={thread.data.continuedFrom ?? null}
                onContinue={mayContinue(parts) ? () => continueThread(navigate, threadId) : null}
                personId={personId}
                outside={outside}
                directory={mayAddOwn(standing) ? [...pickable, ...(mayAddPartners(standing) ? contacts : [])] : null}
                pickableGroups={pickableGroups}
                inviteGuest={
                  invites && mayAddOwn(standing) ? (
                    <Suspense>
                      <InviteButton organisation={invites} thread={{ id: threadId, subject }} />
                    </Suspense>
                  ) : null
                }
                onAdd={(personIds, groupIds) => {
                  const inThread = { threadId, orgId };
                  const theirs = contacts.filter(({ id }) => personIds.includes(id));
                  const own = personIds.filter((id) => !theirs.some((contact) => contact.id === id));
                  if (own.length > 0)
                    void attempt(
                      engine.mutate('addParticipants', { ...inThread, messageId: uuidv7(), personIds: own }),
                    );
                  for (const people of byPartner(theirs)) {
                    const partner = { homeOrg: orgId, permission: 'invite' as const };
                    const added = { threadId, messageId: uuidv7(), partner, ...people };
                    void attempt(engine.mutate('addParticipants', added));
                  }
                  for (const groupId of groupIds)
                    void attempt(engine.mutate('addGroup', { ...inThread, messageId: uuidv7(), groupId }));
                }}
                onRemoveGroup={(groupId) =>
                  void attempt(engine.mutate('removeGroup', { threadId, messageId: uuidv7(), groupId }))
                }
                mayRemove={(actingOrg) => mayRemoveOf(standing, actingOrg ?? orgId)}
                onRemove={(leaverId) => void remove(leaverId)}
                onClose={() => setPanel(null)}
              />
            ) : panel?.kind === 'pins' ? (
              <PinsPanel pins={pins} onClose={() => setPanel(null)} />
            ) : panel?.kind === 'readers' && door.openReaders !== null ? (
              <ReadersPanel threadId={threadId} messageId={panel.messageId} onClose={() => setPanel(null)} />
            ) : panel?.kind === 'replies' ? (
              <RepliesPanel
                key={panel.rootId}
                threadId={threadId}
                rootId={panel.rootId}
                people={mentionable}
                reads={reads}
                noMessages={noMessages}
                onSent={onSent}
                onClose={() => setPanel(null)}
              />
            ) : null}
          </Suspense>
        </div>
      </div>
      <Dialog
        open={deleting !== null}
        onOpenChange={(open) => {
          if (!open) setDeleting(null);
        }}
        width="narrow"
        title={deletesNote ? 'Delete this note?' : 'Delete this message?'}
        description={`Its text and history go for everyone${deletesNote ? ` at ${door.noteReaders}` : ''}. Its place in the thread stays.`}
        actions={
          <>
            <Button onClick={() => setDeleting(null)}>Cancel</Button>
            <Button
              look="danger"
              onClick={() => {
                if (deleting === null) return;
                setDeleting(null);
                const deletion = { threadId, messageId: deleting };
                void attempt(
                  deletesNote
                    ? engine.mutate('deleteNote', { ...deletion, orgId })
                    : engine.mutate('deleteMessage', deletion),
                ).then((done) => {
                  if (done) notify(deletesNote ? 'Note deleted' : 'Message deleted');
                });
              }}
            >
              Delete
            </Button>
          </>
        }
      />
      {forwarding !== null && forwarded !== undefined ? (
        <Suspense>
          <ForwardDialog
            fromThreadId={threadId}
            fromMessageId={forwarding}
            excerpt={plainText(forwarded.data.text, personName).slice(0, 160)}
            onClose={() => setForwarding(null)}
          />
        </Suspense>
      ) : null}
    </LogDoorContext>
  );
}

const restWords = (hasEnded: boolean): string =>
  hasEnded
    ? 'The partnership has ended: messages here can only be read.'
    : 'The partnership rests: until it is resumed, messages here can only be read.';
