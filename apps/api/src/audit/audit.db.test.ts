import type { AuditKind } from '@parley/core/audit';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueReset } from '../accounts/password-reset.ts';
import { OPERATOR } from './audit.ts';
import type { LoggedEvent } from './audit-log.ts';
import { inviteToOrganisation } from '../organisations/invitations.ts';
import type { Browser } from '../testing/browser.ts';
import {
  addMember,
  makeCast,
  PASSWORD,
  startTestServer,
  type Cast,
  type Somebody,
  type TestServer,
} from '../testing/test-server.ts';

let server: TestServer;
let cast: Cast;
let alice: Browser;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
  alice = await server.browser().signIn(cast.alice, PASSWORD);
});
afterAll(() => server.stop());

interface Page {
  items: LoggedEvent[];
  nextCursor: number | null;
}

async function log(query: object = {}, reader = alice, orgId = cast.acme): Promise<Page> {
  const { data, code } = await reader.call('query', 'audit.list', { orgId, ...query });
  expect(code).toBeUndefined();
  return data as Page;
}

/** The lines that an act adds, oldest first. */
async function linesOf(act: () => Promise<unknown>, reader = alice, orgId = cast.acme): Promise<LoggedEvent[]> {
  const newest = (await log({ limit: 1 }, reader, orgId)).items[0]?.id ?? 0;
  await act();
  return (await log({}, reader, orgId)).items.filter(({ id }) => id > newest).toReversed();
}

async function newMember(name: string): Promise<Somebody> {
  const person = { personId: uuidv7(), name, email: `${name.toLowerCase()}@example.org` };
  await addMember(server.services, { ...person, orgId: cast.acme, role: 'member' });
  return person;
}

const named = ({ personId, name }: Somebody) => ({ id: personId, name });
const calls = async (procedure: string, input?: object, browser = alice): Promise<unknown> => {
  const { data, code } = await browser.call('mutation', procedure, input);
  expect(code).toBeUndefined();
  return data;
};
const tokenOf = (data: unknown): string => (data as { url: string }).url.split('/').at(-1) ?? '';

describe('each act is told by one line, with who did it, to whom, and from where', () => {
  const line = (kind: AuditKind, more: object) => ({
    kind,
    actor: named(cast.alice),
    subject: null,
    place: 'The server itself',
    at: expect.any(Number) as number,
    ...more,
  });

  test('invitations made, withdrawn and accepted', async () => {
    const asked = { orgId: cast.acme, email: 'ines@example.org', role: 'guest' };
    const details = { email: asked.email, role: 'guest' };
    let token = '';
    const lines = await linesOf(async () => {
      await calls('organisations.invite', asked);
      const { data } = await alice.call('query', 'organisations.invitations', { orgId: cast.acme });
      const [{ id: invitationId } = { id: '' }] = data as { id: string }[];
      await calls('organisations.revokeInvitation', { orgId: cast.acme, invitationId });
      // Withdrawn already: nothing is done, nothing is told.
      await calls('organisations.revokeInvitation', { orgId: cast.acme, invitationId });
      token = tokenOf(await calls('organisations.invite', asked));
      await calls('accounts.acceptInvitation', { token, name: 'Ines', password: PASSWORD }, server.browser());
    });
    const ines = { id: expect.any(String) as string, name: 'Ines' };
    expect(lines).toMatchObject([
      line('invited', { details }),
      line('invitation_withdrawn', { details }),
      line('invited', { details }),
      line('invitation_accepted', { actor: ines, details }),
      line('signed_in', { actor: ines }),
    ]);
  });

  test('an invitation from the command line', async () => {
    const { authSecret } = server.services.settings;
    const asked = { orgId: cast.acme, email: 'olaf@example.org', role: 'member', authSecret, now: Date.now() } as const;
    const lines = await linesOf(() => inviteToOrganisation(server.services.db, { ...asked, inviter: OPERATOR }));
    expect(lines).toMatchObject([{ kind: 'invited', actor: null, device: null, place: null }]);
  });

  test('roles, deactivation, letting in, merging', async () => {
    const [mia, ned] = [await newMember('Mia'), await newMember('Ned')];
    const member = { orgId: cast.acme, personId: mia.personId };
    const lines = await linesOf(async () => {
      await calls('organisations.changeRole', { ...member, role: 'admin' });
      await calls('organisations.deactivateMember', member);
      await calls('organisations.reactivateMember', member);
      await calls('organisations.mergePeople', { orgId: cast.acme, fromId: ned.personId, intoId: mia.personId });
    });
    const subject = named(mia);
    expect(lines).toMatchObject([
      line('role_changed', { subject, details: { role: 'admin', before: 'member' } }),
      line('deactivated', { subject }),
      line('reactivated', { subject }),
      line('merged', { subject: named(ned), details: { intoId: mia.personId, into: mia.name } }),
    ]);
  });

  test('settings and imports', async () => {
    const lines = await linesOf(async () => {
      await calls('organisations.change', { orgId: cast.acme, threadStarters: 'admins' });
      const upload = { orgId: cast.acme, fileName: 'history.zip', bytes: 5_000, withDirectMessages: false };
      const begun = await calls('imports.start', upload);
      // Taken up again, it is not another one.
      expect(await calls('imports.start', upload)).toEqual(begun);
    });
    expect(lines).toMatchObject([
      line('settings_changed', { details: { threadStarters: 'admins' } }),
      line('import_started', { details: { fileName: 'history.zip' } }),
    ]);
  });

  test('what a person does with their account, in each organisation that has them', async () => {
    const pia = await newMember('Pia');
    const carol = await server.browser().signIn(cast.carol, PASSWORD);
    const invited = await calls(
      'organisations.invite',
      { orgId: cast.globex, email: pia.email, role: 'member' },
      carol,
    );
    const first = await server.browser().signIn(pia, PASSWORD);
    await calls('accounts.acceptInvitation', { token: tokenOf(invited) }, first);
    const others = async () => {
      const second = await server.browser().signIn(pia, PASSWORD);
      await calls('accounts.devices.signOutOthers', undefined, second);
      await calls('accounts.password.change', { current: PASSWORD, password: 'another good one' }, second);
      const { token } = await issueReset(server.services.db, { email: pia.email, now: Date.now() });
      await calls('accounts.password.reset', { token, password: PASSWORD }, server.browser());
    };
    const told: object[] = [
      line('signed_in', { actor: named(pia) }),
      line('device_signed_out', { actor: named(pia), details: { devices: 1 } }),
      line('password_changed', { actor: named(pia) }),
      line('password_reset', { actor: named(pia) }),
    ];
    const { items } = await log({ limit: 1 }, carol, cast.globex);
    expect(await linesOf(others)).toMatchObject(told);
    const there = await log({}, carol, cast.globex);
    expect(there.items.filter(({ id }) => id > (items[0]?.id ?? 0)).toReversed()).toMatchObject(told);
  });
});

test('what was refused is not told', async () => {
  const lines = await linesOf(async () => {
    const last = { orgId: cast.acme, personId: cast.alice.personId };
    const answer = await alice.call('mutation', 'organisations.changeRole', { ...last, role: 'member' });
    expect(answer.code).toBe('LAST_OWNER');
    const bob = await server.browser().signIn(cast.bob, PASSWORD);
    expect((await bob.call('mutation', 'organisations.change', { orgId: cast.acme, name: 'Mine' })).code).toBe(
      'FORBIDDEN',
    );
  });
  expect(lines.map(({ kind }) => kind)).toEqual(['signed_in']);
});

test('the log comes in pages, newest first, by kind, by person and by time', async () => {
  const { data } = await alice.call('query', 'audit.list', { orgId: cast.acme, limit: 500 });
  const { items: all } = data as Page;
  const paged: LoggedEvent[] = [];
  let cursor: number | null | undefined;
  while (cursor !== null) {
    const page: Page = await log({ limit: 3, ...(cursor !== undefined && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(3);
    paged.push(...page.items);
    cursor = page.nextCursor;
  }
  expect(paged).toEqual(all);
  expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted((a, b) => b - a));

  const kinds = ['invited', 'merged'];
  expect((await log({ kinds })).items).toEqual(all.filter(({ kind }) => kinds.includes(kind)));
  const bob = cast.bob.personId;
  const about = all.filter(({ actor, subject }) => actor?.id === bob || subject?.id === bob);
  expect(about.length).toBeGreaterThan(0);
  expect((await log({ personId: bob })).items).toEqual(about);
  const middle = all[Math.floor(all.length / 2)]?.at ?? 0;
  expect((await log({ from: middle })).items).toEqual(all.filter(({ at }) => at >= middle));
  expect((await log({ before: middle })).items).toEqual(all.filter(({ at }) => at < middle));
});
