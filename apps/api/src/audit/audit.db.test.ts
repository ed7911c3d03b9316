import type { AuditKind } from '@parley/core/audit';
import { v7 as uuidv7 } from 'uuid';
import { beforeAll, describe, expect, test } from 'vitest';
import { newPasskey } from '../accounts/passkey.fixture.ts';
import { issueReset } from '../accounts/password-reset.ts';
import { totpCode } from '../accounts/totp.ts';
import { OPERATOR } from './audit.ts';
import type { LoggedEvent } from './audit-log.ts';
import { inviteToOrganisation } from '../organisations/invitations.ts';
import { alice, cast, server } from '../testing/acme-server.ts';
import type { Browser } from '../testing/browser.ts';
import { addMember, PASSWORD, type Somebody } from '../testing/test-server.ts';

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
      line('reset_link_made', { actor: null, subject: named(pia), place: null }),
      line('password_reset', { actor: named(pia) }),
    ];
    const { items } = await log({ limit: 1 }, carol, cast.globex);
    expect(await linesOf(others)).toMatchObject(told);
    const there = await log({}, carol, cast.globex);
    expect(there.items.filter(({ id }) => id > (items[0]?.id ?? 0)).toReversed()).toMatchObject(told);
  });

  test('passkeys and the second step', async () => {
    const { services } = server;
    const lines = await linesOf(async () => {
      const begun = await calls('accounts.passkeys.begin', { current: PASSWORD });
      const { token, options } = begun as { token: string; options: { challenge: string } };
      const { origin } = new URL(server.url);
      const response = newPasskey({ origin, challenge: options.challenge });
      await calls('accounts.passkeys.add', { token, name: 'Laptop', response });
      await calls('accounts.passkeys.remove', { id: response.id, current: PASSWORD });
      const { secret } = (await calls('accounts.twoStep.begin', { current: PASSWORD })) as { secret: string };
      const code = totpCode(secret, Math.floor(services.now() / 30_000));
      await calls('accounts.twoStep.confirm', { code });
      await calls('accounts.twoStep.renewCodes', { current: PASSWORD });
      await calls('accounts.twoStep.end', { current: PASSWORD });
      // Off already: nothing is done, nothing is told.
      await calls('accounts.twoStep.end', { current: PASSWORD });
    });
    expect(lines).toMatchObject([
      line('passkey_added', { details: { name: 'Laptop' } }),
      line('passkey_removed', { details: { name: 'Laptop' } }),
      line('two_step_on', {}),
      line('recovery_codes_renewed', {}),
      line('two_step_off', {}),
    ]);
  });
});

describe('what concerns two organisations is told to both, and of the other one only its name', () => {
  const acmes = () => ({ orgId: cast.acme, partnerId: cast.globex });
  const invite = async (email: string) => tokenOf(await calls('partners.invite', { orgId: cast.acme, email }));
  const brief = ({ kind, actor, details }: LoggedEvent) => ({ kind, actor: actor?.name ?? null, details });
  const theirs = (kind: AuditKind, details: object) => ({
    kind,
    actor: null,
    details: { ...details, byPartner: true },
  });
  let carol: Browser;
  let cleo: Somebody;
  beforeAll(async () => {
    carol = await server.browser().signIn(cast.carol, PASSWORD);
    cleo = { personId: uuidv7(), name: 'Cleo', email: 'cleo@example.org' };
    await addMember(server.services, { ...cleo, orgId: cast.globex, role: 'member' });
  });

  async function bothLogs(act: () => Promise<unknown>) {
    let acme: LoggedEvent[] = [];
    const globex = await linesOf(async () => (acme = await linesOf(act)), carol, cast.globex);
    for (const { actor, device, place } of [...acme, ...globex]) {
      if (actor === null) expect({ device, place }).toEqual({ device: null, place: null });
    }
    return { acme: acme.map(brief), globex: globex.map(brief) };
  }

  test('an invitation is its own side’s until it is answered', async () => {
    const { email } = cast.carol;
    const { acme, globex } = await bothLogs(async () => {
      const token = await invite(email);
      await calls('partners.accept', { token, orgId: cast.globex }, carol);
      await calls('partners.end', { ...acmes(), threads: 'removed' });
    });
    expect(acme).toEqual([
      { kind: 'partner_invited', actor: 'Alice', details: { email } },
      theirs('partner_accepted', { partner: 'Globex' }),
      { kind: 'partner_ended', actor: 'Alice', details: { partner: 'Globex', threads: 'removed' } },
    ]);
    expect(globex).toEqual([
      { kind: 'partner_accepted', actor: 'Carol', details: { partner: 'Acme' } },
      theirs('partner_ended', { partner: 'Acme', threads: 'removed' }),
    ]);
  });

  test('while a member’s yes waits, the side that asked is not told for whom it was', async () => {
    const member = await server.browser().signIn(cleo, PASSWORD);
    const { email } = cleo;
    const waits = async () => {
      await calls('partners.accept', { token: await invite(email), orgId: cast.globex }, member);
      const { data } = await carol.call('query', 'partners.waiting', { orgId: cast.globex });
      return (data as { id: string }[])[0]?.id;
    };
    const { acme, globex } = await bothLogs(async () => {
      await calls('partners.decline', { orgId: cast.globex, invitationId: await waits() }, carol);
      const withdrawn = { orgId: cast.acme, invitationId: await waits() };
      await calls('partners.revokeInvitation', withdrawn);
      await calls('partners.revokeInvitation', withdrawn);
      await calls('partners.approve', { orgId: cast.globex, invitationId: await waits() }, carol);
    });
    const [invited, accepted] = [
      { kind: 'partner_invited', actor: 'Alice', details: { email } },
      theirs('partner_accepted', { email, waits: true }),
    ];
    const accepts = { kind: 'partner_accepted', actor: 'Cleo', details: { partner: 'Acme', waits: true } };
    expect(acme).toEqual([
      ...[invited, accepted, theirs('partner_declined', { email })],
      ...[invited, accepted, { kind: 'partner_invitation_withdrawn', actor: 'Alice', details: { email } }],
      ...[invited, accepted, theirs('partner_approved', { partner: 'Globex' })],
    ]);
    expect(globex).toEqual([
      ...[accepts, { kind: 'partner_declined', actor: 'Carol', details: { partner: 'Acme' } }],
      ...[accepts, theirs('partner_invitation_withdrawn', { partner: 'Acme' })],
      ...[accepts, { kind: 'partner_approved', actor: 'Carol', details: { partner: 'Acme' } }],
    ]);
  });

  test('people offered, resting, going on: once for each change', async () => {
    const { acme, globex } = await bothLogs(async () => {
      for (const _ of ['once', 'again']) {
        await calls('partners.offer', { ...acmes(), personIds: [cast.bob.personId] });
        await calls('partners.suspend', { ...acmes(), suspended: true });
      }
      await calls('partners.suspend', { ...acmes(), suspended: false });
    });
    const details = { partner: 'Globex' };
    expect(acme).toEqual([
      { kind: 'partner_contacts_changed', actor: 'Alice', details: { ...details, added: 'Bob', removed: 'Alice' } },
      { kind: 'partner_suspended', actor: 'Alice', details },
      { kind: 'partner_resumed', actor: 'Alice', details },
    ]);
    expect(globex).toEqual([
      theirs('partner_contacts_changed', { partner: 'Acme', added: 'Bob', removed: 'Alice' }),
      theirs('partner_suspended', { partner: 'Acme' }),
      theirs('partner_resumed', { partner: 'Acme' }),
    ]);
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
