import { invitationToken } from '@parley/jobs/invitation-token';
import { describe, expect, test } from 'vitest';
import { hashToken } from '../accounts/secret-token.ts';
import { alice, cast, server } from '../testing/acme-server.ts';
import type { Browser } from '../testing/browser.ts';
import { PASSWORD } from '../testing/test-server.ts';

async function invite(email: string, role = 'member', by = alice): Promise<string> {
  const { data, code } = await by.call('mutation', 'organisations.invite', { orgId: cast.acme, email, role });
  if (code) throw new Error(`${email} was not invited: ${code}`);
  return (data as { url: string }).url.split('/').at(-1) ?? '';
}

const accept = (browser: Browser, token: string, name = 'Erin') =>
  browser.call('mutation', 'accounts.acceptInvitation', { token, name, password: 'a long enough one' });

describe('an invitation', () => {
  test('is a link for one address that ends after 14 days; only its hash is stored', async () => {
    const { data } = await alice.call('mutation', 'organisations.invite', {
      orgId: cast.acme,
      email: ' Erin@Example.org',
      role: 'guest',
    });
    const { url, expiresAt } = data as { url: string; expiresAt: number };
    expect(url).toMatch(/^http:\/\/localhost:3000\/invitation\/[\w-]{43}$/);
    expect(Math.abs(expiresAt - Date.now() - 14 * 86_400_000)).toBeLessThan(60_000);
    const token = url.split('/').at(-1) ?? '';
    const seen = await server.browser().call('query', 'accounts.invitation', { token });
    expect(seen.data).toEqual({
      organisationName: 'Acme',
      email: 'erin@example.org',
      role: 'guest',
      invitedBy: 'Alice',
      expiresAt,
    });
    const row = await server.services.db.selectFrom('invitation').selectAll().executeTakeFirstOrThrow();
    expect(row.token_hash).toBe(hashToken(token));
    expect(token).toBe(invitationToken(server.services.settings.authSecret, row.id));
    const jobs = await server.services.db
      .selectFrom('job')
      .select('payload')
      .where('kind', '=', 'invitation.created')
      .execute();
    expect(jobs).toEqual([{ payload: { invitationId: row.id } }]);
    const open = await alice.call('query', 'organisations.invitations', { orgId: cast.acme });
    expect(open.data).toEqual([
      { id: row.id, email: 'erin@example.org', role: 'guest', invitedBy: 'Alice', expiresAt },
    ]);
  });

  test('makes an account with the invited address and role, signed in, once', async () => {
    const token = await invite('frank@example.org', 'admin');
    const browser = server.browser();
    const { data } = await accept(browser, token, 'Frank');
    expect(data).toEqual({
      person: { id: expect.any(String), name: 'Frank', email: 'frank@example.org' },
      orgId: cast.acme,
    });
    expect((await browser.call('query', 'accounts.session')).data).toMatchObject({ person: { name: 'Frank' } });
    expect((await accept(server.browser(), token)).code).toBe('INVITATION_USED');
    expect((await server.browser().call('query', 'accounts.invitation', { token })).code).toBe('INVITATION_USED');
    const { person } = data as { person: { id: string } };
    const member = await server.services.db
      .selectFrom('membership')
      .selectAll()
      .where('person_id', '=', person.id)
      .executeTakeFirst();
    expect(member).toMatchObject({ org_id: cast.acme, role: 'admin', active: true, epoch: 1 });
    // Threads that the whole organisation takes part in are theirs too.
    const work = await server.services.db
      .selectFrom('job')
      .select('payload')
      .where('kind', '=', 'groups.changed')
      .execute();
    expect(work).toContainEqual({ payload: { orgId: cast.acme, personId: person.id } });
  });

  test('of two people at the same time, one gets in', async () => {
    const token = await invite('grace@example.org');
    const answers = await Promise.all([
      accept(server.browser(), token, 'Grace'),
      accept(server.browser(), token, 'Mallory'),
    ]);
    expect(answers.map(({ code }) => code ?? 'in').toSorted()).toEqual(['INVITATION_USED', 'in']);
    const accounts = await server.services.db
      .selectFrom('auth_user')
      .select('id')
      .where('email', '=', 'grace@example.org')
      .execute();
    expect(accounts).toHaveLength(1);
  });

  test('lets somebody who has an account join with it, and nobody else', async () => {
    const token = await invite(cast.dave.email);
    const [dave, carol] = [
      await server.browser().signIn(cast.dave, PASSWORD),
      await server.browser().signIn(cast.carol, PASSWORD),
    ];
    expect((await accept(server.browser(), token)).code).toBe('ACCOUNT_EXISTS');
    expect((await carol.call('mutation', 'accounts.acceptInvitation', { token })).code).toBe('WRONG_ACCOUNT');
    const { data } = await dave.call('mutation', 'accounts.acceptInvitation', { token });
    expect(data).toMatchObject({ person: { id: cast.dave.personId }, orgId: cast.acme });
    expect(
      (
        await alice.call('mutation', 'organisations.invite', {
          orgId: cast.acme,
          email: cast.dave.email,
          role: 'member',
        })
      ).code,
    ).toBe('ALREADY_MEMBER');
  });

  test('that is expired, withdrawn, replaced or invented opens nothing', async () => {
    const expired = await invite('henry@example.org');
    await server.services.db
      .updateTable('invitation')
      .set({ expires_at: new Date(Date.now() - 1) })
      .where('email', '=', 'henry@example.org')
      .execute();
    expect((await accept(server.browser(), expired)).code).toBe('INVITATION_EXPIRED');

    const withdrawn = await invite('ida@example.org');
    const { data } = await alice.call('query', 'organisations.invitations', { orgId: cast.acme });
    const { id } = (data as { id: string; email: string }[]).find(({ email }) => email === 'ida@example.org') ?? {
      id: '',
    };
    const revoke = () =>
      alice.call('mutation', 'organisations.revokeInvitation', { orgId: cast.acme, invitationId: id });
    expect((await revoke()).status).toBe(200);
    expect((await revoke()).status).toBe(200);
    expect((await accept(server.browser(), withdrawn)).code).toBe('INVITATION_INVALID');

    const replaced = await invite('jo@example.org');
    await invite('jo@example.org', 'guest');
    expect((await accept(server.browser(), replaced)).code).toBe('INVITATION_INVALID');
    expect((await accept(server.browser(), 'x'.repeat(43))).code).toBe('INVITATION_INVALID');
  });

  test('asks a newcomer for a name and a good password', async () => {
    const token = await invite('kim@example.org');
    const missing = await server.browser().call('mutation', 'accounts.acceptInvitation', { token });
    expect(missing.code).toBe('ACCOUNT_NEEDED');
    const weak = await server
      .browser()
      .call('mutation', 'accounts.acceptInvitation', { token, name: 'Kim', password: 'kim@example.org' });
    expect(weak.code).toBe('PASSWORD_TOO_WEAK');
    expect((await accept(server.browser(), token, 'Kim')).status).toBe(200);
  });
});

describe('who may invite', () => {
  const invitation = { email: 'new@example.org', role: 'member' };
  const byRole = async (role: 'admin' | 'member' | 'guest'): Promise<Browser> => {
    const browser = server.browser();
    await accept(browser, await invite(`${role}@example.org`, role), role);
    return browser;
  };

  test('admins, but no owners; members and guests nobody', async () => {
    const admin = await byRole('admin');
    const as = (browser: Browser, role: string) =>
      browser.call('mutation', 'organisations.invite', { ...invitation, orgId: cast.acme, role });
    expect((await as(admin, 'admin')).status).toBe(200);
    expect((await as(admin, 'owner')).code).toBe('FORBIDDEN');
    expect((await as(alice, 'owner')).status).toBe(200);
    for (const role of ['member', 'guest'] as const) {
      const browser = await byRole(role);
      expect((await as(browser, 'guest')).code).toBe('FORBIDDEN');
      expect((await browser.call('query', 'organisations.invitations', { orgId: cast.acme })).code).toBe('FORBIDDEN');
    }
  });

  test('the link is given again to those who may give its role, while it is open', async () => {
    const open = async (email: string) => {
      const { data } = await alice.call('query', 'organisations.invitations', { orgId: cast.acme });
      return (data as { id: string; email: string }[]).find((one) => one.email === email)?.id;
    };
    const admin = server.browser();
    await accept(admin, await invite('second-admin@example.org', 'admin'), 'Ada');
    const link = (browser: Browser, invitationId: string | undefined) =>
      browser.call('query', 'organisations.invitationLink', { orgId: cast.acme, invitationId });

    const token = await invite('lou@example.org');
    const lou = await open('lou@example.org');
    expect((await link(admin, lou)).data).toEqual({ url: `http://localhost:3000/invitation/${token}` });
    await invite('mo@example.org', 'owner');
    const mo = await open('mo@example.org');
    expect((await link(admin, mo)).code).toBe('FORBIDDEN');
    expect((await link(alice, mo)).status).toBe(200);
    await accept(server.browser(), token, 'Lou');
    expect((await link(alice, lou)).code).toBe('INVITATION_USED');
  });

  test('nobody from outside: the organisation is not there for them', async () => {
    const carol = await server.browser().signIn(cast.carol, PASSWORD);
    for (const orgId of [cast.acme, '01920000-0000-7000-8000-000000000000']) {
      const refused = await carol.call('mutation', 'organisations.invite', { ...invitation, orgId });
      expect([refused.status, refused.code]).toEqual([404, 'NOT_FOUND']);
    }
  });
});
