/** For every procedure: a call that would be right, and what is refused. A new procedure does not pass without a line. */
import { orgScope, threadScope } from '@parley/core/scopes';
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import { v7 as uuidv7 } from 'uuid';
import type { Browser } from './browser.ts';
import type { Cast, Somebody } from './test-server.ts';

/**
 * What stands in the database when a call is made: the people of two organisations that are partners, one thread of Alice,
 * Bob and Erin, a guest of Acme, and somebody who was a member of Acme and took part in the thread until they were
 * deactivated. Erin is a member of Acme and an owner of Globex.
 */
export interface Scene extends Cast {
  gus: Somebody;
  rob: Somebody;
  erin: Somebody;
  threadId: string;
  invitationId: string;
  alicesDeviceId: string;
  /** An upload that Alice has begun. */
  importId: string;
  /** Alice's open invitation of a partner. */
  partnerInvitationId: string;
}

/** What an owner has under way in an organisation. */
export async function beginAffairs(
  owner: Browser,
  orgId: string,
): Promise<Pick<Scene, 'invitationId' | 'partnerInvitationId' | 'importId' | 'alicesDeviceId'>> {
  const email = 'zoe@example.org';
  const upload = { orgId, fileName: 'history.zip', bytes: 5_000, withDirectMessages: false };
  await owner.call('mutation', 'organisations.invite', { orgId, email, role: 'member' });
  await owner.call('mutation', 'partners.invite', { orgId, email });
  const first = async (path: string, input?: object) => {
    const { data } = await owner.call('query', path, input);
    return (data as { id: string }[])[0]?.id ?? '';
  };
  const { data: begun } = await owner.call('mutation', 'imports.start', upload);
  return {
    invitationId: await first('organisations.invitations', { orgId }),
    partnerInvitationId: await first('partners.invitations', { orgId }),
    importId: (begun as { importId: string }).importId,
    alicesDeviceId: await first('accounts.devices.list'),
  };
}

/** An error's code, or a part of the result; `null` and `[]` are results too. */
type Answer = string | object | null;

export interface PublicSample {
  input(scene: Scene, caller: Somebody): unknown;
  /** Anybody may call it; what it does is protected by a secret in its arguments. */
  isPublic: true;
  ownOnly?: never;
}

export interface ProtectedSample {
  input(scene: Scene, caller: Somebody): unknown;
  isPublic?: never;
  ownOnly?: never;
  /** Answer to somebody of another organisation, be it a partner, and to somebody who was deactivated in this one. */
  stranger: Answer;
  /** Answer to a guest of the organisation who is not in the thread. */
  guest: Answer;
  /** Whether its arguments name the caller. */
  namesCaller?: true;
  /** Answer to a colleague of the one it was meant for; `FORBIDDEN` unless said otherwise, `null` where they may, too. */
  other?: string | null;
}

/** Names nothing: it reaches only what is the caller's own, whoever calls. */
export interface OwnSample {
  input(scene: Scene, caller: Somebody): unknown;
  isPublic?: never;
  ownOnly: true;
}

export type Sample = PublicSample | ProtectedSample | OwnSample;

const password = 'a long enough one';
const token = 'x'.repeat(43);
const passkeyAnswer = { id: 'none', rawId: 'none', type: 'public-key', response: {}, clientExtensionResults: {} };
const passkeyOfNobody = { stranger: 'NOT_FOUND', guest: 'NOT_FOUND', other: 'NOT_FOUND' };
const engine = (caller: Somebody) => ({
  protocol: PROTOCOL_VERSION,
  personId: caller.personId,
  clientId: uuidv7(),
  incarnation: null,
});

export const samples: Readonly<Record<string, Sample>> = {
  'accounts.session': { isPublic: true, input: () => undefined },
  'accounts.setUp': {
    isPublic: true,
    input: () => ({ token, organisationName: 'Initech', name: 'Eve', email: 'eve@example.org', password }),
  },
  'accounts.signIn': { isPublic: true, input: () => ({ email: 'eve@example.org', password }) },
  'accounts.signOut': { isPublic: true, input: () => undefined },
  'accounts.invitation': { isPublic: true, input: () => ({ token }) },
  'accounts.acceptInvitation': { isPublic: true, input: () => ({ token, name: 'Eve', password }) },
  // The demo is the caller's own: there is nobody else's to be refused.
  'demo.isThere': { ownOnly: true, input: () => undefined },
  'demo.add': { ownOnly: true, input: () => undefined },
  'demo.remove': { ownOnly: true, input: () => undefined },
  'accounts.devices.list': { input: () => undefined, ownOnly: true },
  'accounts.devices.signOut': {
    input: ({ alicesDeviceId }) => ({ deviceId: alicesDeviceId }),
    stranger: 'NOT_FOUND',
    guest: 'NOT_FOUND',
    other: 'NOT_FOUND',
  },
  'accounts.devices.signOutOthers': { input: () => undefined, ownOnly: true },
  'accounts.password.change': { input: () => ({ current: 'not this one', password }), ownOnly: true },
  'accounts.password.resetLink': { isPublic: true, input: () => ({ token }) },
  'accounts.password.reset': { isPublic: true, input: () => ({ token, password }) },
  'accounts.link.ask': { isPublic: true, input: () => ({ email: 'eve@example.org' }) },
  'accounts.link.signIn': { isPublic: true, input: () => ({ token }) },
  'accounts.twoStep.status': { ownOnly: true, input: () => undefined },
  'accounts.twoStep.begin': { ownOnly: true, input: () => ({ current: 'not this one' }) },
  'accounts.twoStep.confirm': { ownOnly: true, input: () => ({ code: '000000' }) },
  'accounts.twoStep.renewCodes': { ownOnly: true, input: () => ({ current: 'not this one' }) },
  'accounts.twoStep.end': { ownOnly: true, input: () => ({ current: 'not this one' }) },
  'accounts.twoStep.signIn': { isPublic: true, input: () => ({ token, code: '000000' }) },
  'accounts.passkeys.list': { ownOnly: true, input: () => undefined },
  'accounts.passkeys.begin': { ownOnly: true, input: () => ({ current: 'not this one' }) },
  'accounts.passkeys.add': { ownOnly: true, input: () => ({ token, name: 'Laptop', response: passkeyAnswer }) },
  'accounts.passkeys.rename': { ...passkeyOfNobody, input: () => ({ id: 'none', name: 'Laptop' }) },
  'accounts.passkeys.remove': { ownOnly: true, input: () => ({ id: 'none', current: 'not this one' }) },
  'accounts.passkeys.beginSignIn': { isPublic: true, input: () => undefined },
  'accounts.passkeys.signIn': { isPublic: true, input: () => ({ token, response: passkeyAnswer }) },
  'audit.list': { input: ({ acme }) => ({ orgId: acme }), stranger: 'NOT_FOUND', guest: 'FORBIDDEN' },
  'imports.newest': { input: ({ acme }) => ({ orgId: acme }), stranger: 'NOT_FOUND', guest: 'FORBIDDEN' },
  'imports.start': {
    input: ({ acme }) => ({ orgId: acme, fileName: 'export.zip', bytes: 1_000, withDirectMessages: false }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'imports.discard': {
    input: ({ importId }) => ({ importId }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'organisations.invite': {
    input: ({ acme }) => ({ orgId: acme, email: 'eve@example.org', role: 'member' }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'organisations.inviteToThread': {
    input: ({ acme, threadId }) => ({ orgId: acme, threadId, email: 'eve@example.org' }),
    stranger: 'NOT_FOUND',
    guest: 'NOT_FOUND',
  },
  'organisations.invitations': {
    input: ({ acme }) => ({ orgId: acme }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'organisations.revokeInvitation': {
    input: ({ acme, invitationId }) => ({ orgId: acme, invitationId }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'organisations.invitationLink': {
    input: ({ acme, invitationId }) => ({ orgId: acme, invitationId }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'organisations.change': {
    input: ({ acme }) => ({ orgId: acme, name: 'Acme', threadStarters: 'members' }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'organisations.hold': { input: ({ acme }) => ({ orgId: acme }), stranger: 'NOT_FOUND', guest: 'FORBIDDEN' },
  'organisations.placeHold': {
    input: ({ acme }) => ({ orgId: acme, reason: 'A lawsuit' }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'organisations.liftHold': { input: ({ acme }) => ({ orgId: acme }), stranger: 'NOT_FOUND', guest: 'FORBIDDEN' },
  'organisations.changeRole': {
    input: ({ acme, bob }) => ({ orgId: acme, personId: bob.personId, role: 'guest' }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'organisations.deactivateMember': {
    input: ({ acme, bob }) => ({ orgId: acme, personId: bob.personId }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'organisations.mergePeople': {
    input: ({ acme, bob, gus }) => ({ orgId: acme, fromId: gus.personId, intoId: bob.personId }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'organisations.reactivateMember': {
    input: ({ acme, rob }) => ({ orgId: acme, personId: rob.personId }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'organisations.mine': { ownOnly: true, input: () => undefined },
  'organisations.connections': { input: ({ acme }) => ({ orgId: acme }), stranger: 'NOT_FOUND', guest: 'FORBIDDEN' },
  'organisations.lastSeen': { input: ({ acme }) => ({ orgId: acme }), stranger: 'NOT_FOUND', guest: 'FORBIDDEN' },
  'partners.invite': {
    input: ({ acme }) => ({ orgId: acme, email: 'eve@example.org' }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'partners.invitations': {
    input: ({ acme }) => ({ orgId: acme }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'partners.revokeInvitation': {
    input: ({ acme, partnerInvitationId }) => ({ orgId: acme, invitationId: partnerInvitationId }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'partners.invitationLink': {
    input: ({ acme, partnerInvitationId }) => ({ orgId: acme, invitationId: partnerInvitationId }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'partners.invitation': { isPublic: true, input: () => ({ token }) },
  'partners.choices': { input: () => undefined, ownOnly: true },
  'partners.accept': {
    input: ({ acme }) => ({ token, orgId: acme }),
    stranger: 'INVITATION_INVALID',
    guest: 'INVITATION_INVALID',
    other: 'INVITATION_INVALID',
  },
  'partners.waiting': {
    input: ({ acme }) => ({ orgId: acme }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'partners.approve': {
    input: ({ acme, partnerInvitationId }) => ({ orgId: acme, invitationId: partnerInvitationId }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'partners.decline': {
    input: ({ acme, partnerInvitationId }) => ({ orgId: acme, invitationId: partnerInvitationId }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'partners.offered': {
    input: ({ acme, globex }) => ({ orgId: acme, partnerId: globex }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'partners.offer': {
    input: ({ acme, globex, bob }) => ({ orgId: acme, partnerId: globex, personIds: [bob.personId] }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'partners.suspend': {
    input: ({ acme, globex }) => ({ orgId: acme, partnerId: globex, suspended: true }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'partners.end': {
    input: ({ acme, globex }) => ({ orgId: acme, partnerId: globex, threads: 'kept' }),
    stranger: 'NOT_FOUND',
    guest: 'FORBIDDEN',
  },
  'presence.lastSeen': {
    input: ({ acme }) => ({ rooms: [orgScope(acme)] }),
    stranger: 'NOT_FOUND',
    guest: 'NOT_FOUND',
    other: null,
  },
  'sync.push': {
    namesCaller: true,
    input: ({ threadId }, caller) => ({
      ...engine(caller),
      mutations: [
        {
          id: uuidv7(),
          lane: threadScope(threadId),
          n: 1,
          name: 'sendMessage',
          version: 1,
          args: { threadId, messageId: uuidv7(), text: 'Hello' },
          at: 0,
        },
      ],
    }),
    stranger: { results: [{ status: 'rejected', code: 'not_found' }] },
    guest: { results: [{ status: 'rejected', code: 'not_found' }] },
  },
  'sync.pull': {
    namesCaller: true,
    input: ({ threadId }, caller) => ({
      ...engine(caller),
      scopes: [{ scope: threadScope(threadId), from: null, epoch: null, window: 10 }],
    }),
    stranger: { answers: [{ kind: 'forbidden' }] },
    guest: { answers: [{ kind: 'forbidden' }] },
  },
  'sync.page': {
    namesCaller: true,
    input: ({ threadId }, caller) => ({
      ...engine(caller),
      incarnation: 'x',
      scope: threadScope(threadId),
      epoch: 1,
      before: 10,
      limit: 10,
    }),
    stranger: { kind: 'forbidden' },
    guest: { kind: 'forbidden' },
  },
  'sync.audit': {
    namesCaller: true,
    input: ({ threadId }, caller) => ({
      ...engine(caller),
      incarnation: 'x',
      scope: threadScope(threadId),
      epoch: 1,
      version: 1,
      low: 1,
      count: 0,
      sum: '0'.repeat(32),
    }),
    stranger: { kind: 'moved' },
    guest: { kind: 'moved' },
  },
  'sync.live': {
    namesCaller: true,
    input: (_scene, caller) => engine(caller),
    stranger: { kind: 'hello' },
    guest: { kind: 'hello' },
  },
};
