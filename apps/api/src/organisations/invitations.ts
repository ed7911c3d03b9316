/** Invitations to an organisation: links bound to an e-mail address that work once and end after 14 days. */
import { memberScopes, rejoinThreads } from '@parley/core/members';
import { mayGrant, type Role } from '@parley/core/organisations';
import { addParticipants, mustAdd } from '@parley/core/participants';
import { orgPeopleScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { readMemberFacts, type Database } from '@parley/db';
import { invitationToken } from '@parley/jobs/invitation-token';
import { Refusal, type MutatorTx } from '@parley/sync/mutator';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { hashPassword, mustBeGoodPassword } from '../accounts/password.ts';
import { insertAccount, putMember } from '../accounts/people.ts';
import { hashToken } from '../accounts/secret-token.ts';
import { actorOf, audit, type Actor, type Origin } from '../audit/audit.ts';
import { ApiError } from '../http/api-error.ts';
import type { Acts } from '../services.ts';
import { mustAdminister, noOrganisation } from './administer.ts';
import { claimThreads, findPlaceholder, PlaceholderChanged, placeholderScopes, type Placeholder } from './claims.ts';
import { issueInvitation, SHOWN_AFTER_MS } from './issue-invitation.ts';

export interface InvitationSummary {
  id: string;
  email: string;
  role: Role;
  /** Name of whoever sent it; `null` when it was made on the command line. */
  invitedBy: string | null;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/**
 * Invites somebody, who also gets a mail; an earlier open invitation of the same address ends. The link's token is in
 * the answer and nowhere else: the worker makes it anew for the mail.
 * @throws ApiError `NOT_FOUND`, `FORBIDDEN`, `ALREADY_MEMBER`
 */
export async function inviteToOrganisation(
  db: Kysely<Database>,
  invitation: {
    inviter: Actor;
    orgId: string;
    email: string;
    role: Role;
    /** Of a guest: where the link leads. Whoever calls has seen to it that the inviter adds people there. */
    threadId?: string;
    authSecret: string;
    now: number;
  },
): Promise<{ token: string; expiresAt: number }> {
  const { inviter, orgId, email, role, threadId = null, authSecret, now } = invitation;
  return db.transaction().execute(async (tx) => {
    if (inviter.personId !== null) {
      const own = await mustAdminister(tx, inviter.personId, orgId);
      if (!mayGrant(own, role)) throw new ApiError('FORBIDDEN', 'You cannot give this role.', { status: 'FORBIDDEN' });
    } else {
      const org = await tx.selectFrom('org').select('id').where('id', '=', orgId).executeTakeFirst();
      if (!org) throw noOrganisation();
    }
    await mustNotBeMember(tx, orgId, email);
    const link = await issueInvitation(tx, 'invitation', { orgId, email, authSecret, now }, (issued) =>
      tx
        .insertInto('invitation')
        .values({ ...issued, role, invited_by: inviter.personId, thread_id: threadId })
        .execute(),
    );
    await audit(tx, { kind: 'invited', actor: inviter, orgId, details: { email, role } });
    return link;
  });
}

/**
 * Invites somebody from outside to one thread, as a guest: with the link they join the organisation and the thread at once,
 * as long as the inviter still may add people there.
 * @throws ApiError as `inviteToOrganisation`; Refusal `not_found`, `forbidden`, `read_only`
 */
export async function inviteToThread(
  { db, acts }: { db: Kysely<Database>; acts: Acts },
  invitation: Omit<Parameters<typeof inviteToOrganisation>[1], 'role'> & {
    inviter: { personId: string };
    threadId: string;
  },
): Promise<{ token: string; expiresAt: number }> {
  const { threadId, inviter } = invitation;
  const lock = [threadScope(threadId), threadPeopleScope(threadId)];
  await acts.act(inviter.personId, { write: [], lock }, (tx) => mustAdd(tx, invitation));
  return inviteToOrganisation(db, { ...invitation, role: 'guest' });
}

/** Invitations that are open or ended lately, newest first. @throws ApiError `NOT_FOUND`, `FORBIDDEN` */
export async function openInvitations(
  db: Kysely<Database>,
  { personId, orgId, now }: { personId: string; orgId: string; now: number },
): Promise<InvitationSummary[]> {
  await mustAdminister(db, personId, orgId);
  const rows = await db
    .selectFrom('invitation')
    .leftJoin('person', 'person.id', 'invitation.invited_by')
    .select(['invitation.id', 'email', 'role', 'expires_at', 'person.name as inviter'])
    .where('org_id', '=', orgId)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', new Date(now - SHOWN_AFTER_MS))
    .orderBy('invitation.created_at', 'desc')
    .limit(500)
    .execute();
  return rows.map(({ id, email, role, expires_at, inviter }) => ({
    id,
    email,
    role,
    invitedBy: inviter,
    expiresAt: expires_at.getTime(),
  }));
}

/**
 * The token of an open invitation.
 * @throws ApiError `NOT_FOUND`; `FORBIDDEN`, also to whoever could not give the invitation's role: with the link they
 *   could take it themselves
 */
export async function invitationLink(
  db: Kysely<Database>,
  { personId, orgId, invitationId, now }: { personId: string; orgId: string; invitationId: string; now: number },
  authSecret: string,
): Promise<string> {
  const own = await mustAdminister(db, personId, orgId);
  const row = await db
    .selectFrom('invitation')
    .select(['role', 'expires_at', 'accepted_at', 'revoked_at'])
    .where('id', '=', invitationId)
    .where('org_id', '=', orgId)
    .executeTakeFirst();
  const { role } = mustBeOpen(row, now);
  if (!mayGrant(own, role)) {
    throw new ApiError('FORBIDDEN', 'Only owners see the links of owners.', { status: 'FORBIDDEN' });
  }
  return invitationToken(authSecret, invitationId);
}

/** Ends an open invitation; one that is over already stays so. @throws ApiError `NOT_FOUND`, `FORBIDDEN` */
export async function revokeInvitation(
  db: Kysely<Database>,
  actor: Actor & { personId: string },
  { orgId, invitationId, now }: { orgId: string; invitationId: string; now: number },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await mustAdminister(tx, actor.personId, orgId);
    const known = await tx
      .selectFrom('invitation')
      .select(['email', 'role', 'revoked_at'])
      .where('id', '=', invitationId)
      .where('org_id', '=', orgId)
      .where('accepted_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!known) throw new ApiError('NOT_FOUND', 'There is no such invitation.', { status: 'NOT_FOUND' });
    if (known.revoked_at) return;
    await tx
      .updateTable('invitation')
      .set({ revoked_at: new Date(now) })
      .where('id', '=', invitationId)
      .execute();
    const { email, role } = known;
    await audit(tx, { kind: 'invitation_withdrawn', actor, orgId, details: { email, role } });
  });
}

/** What the holder of a link is told. @throws ApiError `INVITATION_INVALID`, `INVITATION_EXPIRED`, `INVITATION_USED` */
export async function readInvitation(
  db: Kysely<Database>,
  { token, now }: { token: string; now: number },
): Promise<Omit<InvitationSummary, 'id'> & { orgId: string; organisationName: string; thread: InvitedTo | null }> {
  const row = await db
    .selectFrom('invitation')
    .innerJoin('org', 'org.id', 'invitation.org_id')
    .leftJoin('person', 'person.id', 'invitation.invited_by')
    .select(['org_id', 'org.name as organisation', 'email', 'role', 'expires_at', 'accepted_at', 'revoked_at'])
    .select(['person.name as inviter', 'invited_by', 'thread_id'])
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst();
  const open = mustBeOpen(row, now);
  return {
    orgId: open.org_id,
    organisationName: open.organisation,
    email: open.email,
    role: open.role,
    invitedBy: open.inviter,
    expiresAt: open.expires_at.getTime(),
    thread: open.thread_id && open.invited_by ? { id: open.thread_id, invitedBy: open.invited_by } : null,
  };
}

/** A thread that an invitation leads to, and who adds the guest there. */
interface InvitedTo {
  id: string;
  invitedBy: string;
}

export interface Acceptance {
  token: string;
  now: number;
  /** The signed-in person, who joins; or what a new account is made of. */
  as: { personId: string; name: string; email: string } | { name: string; password: string };
  from: Origin;
}

/**
 * Joins the organisation, once: of two at the same time one is refused. Colleagues see the new member at once. A new
 * account for an address that came with an import becomes the person of that address; somebody who was deactivated
 * finds their threads again. Where the invitation leads to a thread, whoever sent it adds the guest in the same act.
 * @throws ApiError `INVITATION_INVALID`, `INVITATION_EXPIRED`, `INVITATION_USED`, `WRONG_ACCOUNT`, `ACCOUNT_EXISTS`,
 *   `ALREADY_MEMBER`, `PASSWORD_TOO_WEAK`
 */
export async function acceptInvitation(
  { db, acts }: { db: Kysely<Database>; acts: Acts },
  { token, now, as, from }: Acceptance,
): Promise<{ personId: string; orgId: string; email: string }> {
  const { orgId, email, organisationName, thread } = await readInvitation(db, { token, now });
  const joining = { acts, token, now, orgId, email, thread, from };
  if ('personId' in as) {
    if (as.email !== email) throw wrongAccount(email);
    await joinAs(joining, as);
    return { personId: as.personId, orgId, email };
  }
  await mustBeGoodPassword(as.password, { name: as.name, email, organisations: [organisationName] });
  const account = { name: as.name, passwordHash: await hashPassword(as.password) };
  for (let attempt = 1; ; attempt += 1) {
    const placeholder = await findPlaceholder(db, { orgId, email });
    try {
      return { personId: await joinAnew(joining, account, placeholder), orgId, email };
    } catch (error) {
      if (!(error instanceof PlaceholderChanged) || attempt === CLAIM_ATTEMPTS) throw error;
    }
  }
}

const CLAIM_ATTEMPTS = 5;

interface Joining {
  acts: Acts;
  token: string;
  now: number;
  orgId: string;
  email: string;
  thread: InvitedTo | null;
  from: Acceptance['from'];
}

/** With the account that somebody has. */
async function joinAs(
  { acts, token, now, orgId, email, thread, from }: Joining,
  { personId, name }: { personId: string; name: string },
): Promise<void> {
  const member = { orgId, personId };
  const { write } = memberScopes(member);
  await acts.act(thread?.invitedBy ?? personId, { write: [...write, ...scopesOf(thread)] }, async (tx, native) => {
    const { id, role } = await mustHold(native, { token, now });
    const before = await tx.get('membership', userScope(personId), orgId);
    if (before?.active) throw alreadyMember();
    await markAccepted(native, { id, personId, now });
    await putMember(tx, { ...member, name, email, role });
    await audit(native, {
      kind: 'invitation_accepted',
      actor: actorOf(from, personId),
      orgId,
      details: { email, role },
    });
    if (before) await rejoinThreads(tx, member, (await readMemberFacts(native, member)).threadIds);
    if (thread) await bringIn(tx, thread, member);
  });
}

/** With a new account; that of the placeholder where there is one. */
async function joinAnew(
  { acts, token, now, orgId, email, thread, from }: Joining,
  { name, passwordHash }: { name: string; passwordHash: string },
  placeholder: Placeholder | undefined,
): Promise<string> {
  const personId = placeholder?.personId ?? uuidv7();
  const scopes = placeholder
    ? placeholderScopes(placeholder)
    : { write: [orgPeopleScope(orgId)], create: [userScope(personId)] };
  const write = [...scopes.write, ...scopesOf(thread)];
  await acts.act(thread?.invitedBy ?? null, { ...scopes, write }, async (tx, native) => {
    const { id, role } = await mustHold(native, { token, now });
    await mustBeFree(native, email);
    if (placeholder) await claimThreads(tx, native, { ...placeholder, name });
    await insertAccount(native, { personId, name, email, passwordHash });
    await markAccepted(native, { id, personId, now });
    await putMember(tx, { personId, orgId, name, email, role });
    await audit(native, {
      kind: 'invitation_accepted',
      actor: actorOf(from, personId),
      orgId,
      details: { email, role },
    });
    if (thread) await bringIn(tx, thread, { orgId, personId });
  });
  return personId;
}

const scopesOf = (thread: InvitedTo | null) => (thread ? [threadScope(thread.id), threadPeopleScope(thread.id)] : []);

/** Adds the new guest to the thread, in the name of whoever invited them. @throws ApiError `INVITATION_INVALID` */
async function bringIn(
  tx: MutatorTx<Tables>,
  { id: threadId }: InvitedTo,
  { orgId, personId }: { orgId: string; personId: string },
): Promise<void> {
  try {
    await addParticipants.run(tx, { threadId, orgId, messageId: uuidv7(), personIds: [personId] });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ApiError('INVITATION_INVALID', 'Whoever invited you cannot add you to the thread. Ask for a new link.', {
      status: 'NOT_FOUND',
    });
  }
}

/** The invitation, kept from everybody else until the transaction ends. */
async function mustHold(
  db: Kysely<Database>,
  { token, now }: { token: string; now: number },
): Promise<{ id: string; role: Role }> {
  const row = await db
    .selectFrom('invitation')
    .select(['id', 'role', 'expires_at', 'accepted_at', 'revoked_at'])
    .where('token_hash', '=', hashToken(token))
    .forUpdate()
    .executeTakeFirst();
  return mustBeOpen(row, now);
}

async function markAccepted(
  db: Kysely<Database>,
  { id, personId, now }: { id: string; personId: string; now: number },
): Promise<void> {
  await db
    .updateTable('invitation')
    .set({ accepted_at: new Date(now), accepted_by: personId })
    .where('id', '=', id)
    .execute();
}

async function mustNotBeMember(db: Kysely<Database>, orgId: string, email: string): Promise<void> {
  const member = await db
    .selectFrom('auth_user')
    .innerJoin('membership', 'membership.person_id', 'auth_user.id')
    .select('auth_user.id')
    .where('email', '=', email)
    .where('org_id', '=', orgId)
    .where('active', '=', true)
    .where('deleted', '=', false)
    .executeTakeFirst();
  if (member) throw alreadyMember();
}

async function mustBeFree(db: Kysely<Database>, email: string): Promise<void> {
  const account = await db.selectFrom('auth_user').select('id').where('email', '=', email).executeTakeFirst();
  if (!account) return;
  throw new ApiError('ACCOUNT_EXISTS', 'This address has an account. Sign in, then open the link again.', {
    status: 'CONFLICT',
  });
}

interface InvitationState {
  expires_at: Date;
  accepted_at: Date | null;
  revoked_at: Date | null;
}

/** @throws ApiError `INVITATION_INVALID`, `INVITATION_EXPIRED`, `INVITATION_USED` */
export function mustBeOpen<Row extends InvitationState>(row: Row | undefined, now: number): Row {
  if (!row || row.revoked_at) {
    throw new ApiError('INVITATION_INVALID', 'This invitation is not valid. Ask for a new one.', {
      status: 'NOT_FOUND',
    });
  }
  if (row.accepted_at) {
    throw new ApiError('INVITATION_USED', 'This invitation was used already. Sign in.', { status: 'CONFLICT' });
  }
  if (row.expires_at.getTime() <= now) {
    throw new ApiError('INVITATION_EXPIRED', 'This invitation has expired. Ask for a new one.', {
      status: 'NOT_FOUND',
    });
  }
  return row;
}

const alreadyMember = () => new ApiError('ALREADY_MEMBER', 'This person is a member already.', { status: 'CONFLICT' });

const wrongAccount = (email: string) =>
  new ApiError('WRONG_ACCOUNT', `This invitation is for ${email}. Sign out to accept it.`, { status: 'FORBIDDEN' });
