import { invitationToken } from '@parley/jobs/invitation-token';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hashToken } from '../accounts/secret-token.ts';
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
let carol: Browser;
/** Carol's colleague, a member; and a guest of theirs. */
let cleo: Somebody;
let gil: Somebody;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
  const somebody = (name: string) => ({ personId: uuidv7(), name, email: `${name.toLowerCase()}@example.org` });
  cleo = somebody('Cleo');
  gil = somebody('Gil');
  await addMember(server.services, { ...cleo, orgId: cast.globex, role: 'member' });
  await addMember(server.services, { ...gil, orgId: cast.globex, role: 'guest' });
  alice = await signIn(cast.alice);
  carol = await signIn(cast.carol);
});
afterAll(() => server.stop());
beforeEach(async () => {
  await alice.call('mutation', 'partners.end', { orgId: cast.acme, partnerId: cast.globex, threads: 'kept' });
  await carol.call('mutation', 'organisations.change', { orgId: cast.globex, partnershipApproval: 'admins' });
});

const signIn = (person: Somebody): Promise<Browser> => server.browser().signIn(person, PASSWORD);
async function invite(email: string): Promise<string> {
  const { data, code } = await alice.call('mutation', 'partners.invite', { orgId: cast.acme, email });
  if (code) throw new Error(`${email} was not invited: ${code}`);
  return (data as { url: string }).url.split('/').at(-1) ?? '';
}
const accept = (browser: Browser, token: string, orgId = cast.globex) =>
  browser.call('mutation', 'partners.accept', { token, orgId });
const invitations = async (): Promise<{ id: string; email: string; isWaiting: boolean }[]> =>
  (await alice.call('query', 'partners.invitations', { orgId: cast.acme })).data as never;
const waiting = async (): Promise<{ id: string }[]> =>
  (await carol.call('query', 'partners.waiting', { orgId: cast.globex })).data as never;
/** What each side has about the other: names, contacts, whether it stands. */
const rows = () =>
  server.services.db
    .selectFrom('partner')
    .select(['org_id', 'name', 'contacts', 'suspended_by', 'ended'])
    .orderBy('name')
    .execute();
const standing = async () => (await rows()).filter(({ ended }) => ended === null);

describe('an invitation to become partners', () => {
  test('is a link for one address that ends after 14 days; only its hash is stored', async () => {
    const { data } = await alice.call('mutation', 'partners.invite', { orgId: cast.acme, email: ' Erin@Example.org' });
    const { url, expiresAt } = data as { url: string; expiresAt: number };
    expect(url).toMatch(/^http:\/\/localhost:3000\/partner-invitation\/[\w-]{43}$/);
    expect(Math.abs(expiresAt - Date.now() - 14 * 86_400_000)).toBeLessThan(60_000);
    const token = url.split('/').at(-1) ?? '';
    expect((await server.browser().call('query', 'partners.invitation', { token })).data).toEqual({
      organisationName: 'Acme',
      email: 'erin@example.org',
      invitedBy: 'Alice',
      expiresAt,
    });
    const row = await server.services.db.selectFrom('partnership_invitation').selectAll().executeTakeFirstOrThrow();
    expect(row.token_hash).toBe(hashToken(token));
    expect(token).toBe(invitationToken(server.services.settings.authSecret, row.id));
    const jobs = await server.services.db
      .selectFrom('job')
      .select('payload')
      .where('kind', '=', 'partnership-invitation.created')
      .execute();
    expect(jobs).toEqual([{ payload: { invitationId: row.id } }]);
    expect(await invitations()).toEqual([
      { id: row.id, email: 'erin@example.org', invitedBy: 'Alice', expiresAt, isWaiting: false },
    ]);
    const link = await alice.call('query', 'partners.invitationLink', { orgId: cast.acme, invitationId: row.id });
    expect(link.data).toEqual({ url });
  });

  test('makes partners of two organisations, once', async () => {
    const token = await invite(cast.carol.email);
    expect((await accept(carol, token)).data).toEqual({ outcome: 'partners' });
    expect(await standing()).toEqual([
      {
        ...{ org_id: cast.globex, name: 'Acme', suspended_by: [], ended: null },
        contacts: [{ id: cast.alice.personId, name: 'Alice' }],
      },
      {
        ...{ org_id: cast.acme, name: 'Globex', suspended_by: [], ended: null },
        contacts: [{ id: cast.carol.personId, name: 'Carol' }],
      },
    ]);
    expect((await accept(carol, token)).code).toBe('INVITATION_USED');
    expect((await accept(carol, await invite(cast.carol.email))).code).toBe('PARTNERS_ALREADY');
  });

  test('of two acceptances at the same time, one counts', async () => {
    const token = await invite(cast.carol.email);
    const answers = await Promise.all([accept(carol, token), accept(await signIn(cast.carol), token)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('is for its address, and for organisations that this person speaks for', async () => {
    const token = await invite(cast.carol.email);
    expect((await accept(await signIn(cast.dave), token)).code).toBe('WRONG_ACCOUNT');
    expect((await accept(server.browser(), token)).code).toBe('UNAUTHORISED');
    for (const orgId of [cast.acme, uuidv7()]) expect((await accept(carol, token, orgId)).code).toBe('NOT_FOUND');
    expect((await accept(await signIn(gil), await invite(gil.email))).code).toBe('FORBIDDEN');
    expect((await accept(await signIn(cast.dave), await invite(cast.dave.email))).code).toBe('NOT_FOUND');
    const own = await invite(cast.alice.email);
    expect((await accept(alice, own, cast.acme)).code).toBe('SAME_ORGANISATION');
    expect(await standing()).toEqual([]);
  });

  test('that is expired, withdrawn, replaced or invented opens nothing', async () => {
    const expired = await invite(cast.carol.email);
    await server.services.db
      .updateTable('partnership_invitation')
      .set({ expires_at: new Date(Date.now() - 1) })
      .where('token_hash', '=', hashToken(expired))
      .execute();
    expect((await accept(carol, expired)).code).toBe('INVITATION_EXPIRED');
    const replaced = await invite(cast.carol.email);
    const withdrawn = await invite(cast.carol.email);
    expect((await accept(carol, replaced)).code).toBe('INVITATION_INVALID');
    const { id } = (await invitations()).find(({ email }) => email === cast.carol.email) ?? { id: '' };
    await alice.call('mutation', 'partners.revokeInvitation', { orgId: cast.acme, invitationId: id });
    expect((await accept(carol, withdrawn)).code).toBe('INVITATION_INVALID');
    expect((await accept(carol, 'x'.repeat(43))).code).toBe('INVITATION_INVALID');
    expect(await standing()).toEqual([]);
  });
});

describe("a member's yes", () => {
  test('waits for an admin, who approves', async () => {
    const member = await signIn(cleo);
    const choices = (await member.call('query', 'partners.choices')).data;
    expect(choices).toEqual([{ id: cast.globex, name: 'Globex', outcome: 'waiting' }]);
    expect((await (await signIn(gil)).call('query', 'partners.choices')).data).toEqual([]);
    expect((await accept(member, await invite(cleo.email))).data).toEqual({ outcome: 'waiting' });
    expect(await standing()).toEqual([]);
    expect(await invitations()).toContainEqual(expect.objectContaining({ email: cleo.email, isWaiting: true }));
    const [asked] = await waiting();
    expect(asked).toMatchObject({ organisationName: 'Acme', invitedBy: 'Alice', acceptedBy: 'Cleo' });
    const decision = { orgId: cast.globex, invitationId: asked?.id };
    expect((await member.call('mutation', 'partners.approve', decision)).code).toBe('FORBIDDEN');
    expect((await alice.call('mutation', 'partners.approve', decision)).code).toBe('NOT_FOUND');
    expect((await carol.call('mutation', 'partners.approve', decision)).status).toBe(200);
    expect((await carol.call('mutation', 'partners.approve', decision)).code).toBe('NOT_FOUND');
    expect(await standing()).toMatchObject([{}, { contacts: [{ name: 'Cleo' }] }]);
    expect(await waiting()).toEqual([]);
  });

  test('can be declined, or withdrawn by those who invited', async () => {
    const member = await signIn(cleo);
    await accept(member, await invite(cleo.email));
    const [declined] = await waiting();
    const decision = { orgId: cast.globex, invitationId: declined?.id };
    expect((await carol.call('mutation', 'partners.decline', decision)).status).toBe(200);
    expect((await carol.call('mutation', 'partners.approve', decision)).code).toBe('NOT_FOUND');
    await accept(member, await invite(cleo.email));
    const [asked] = await waiting();
    await alice.call('mutation', 'partners.revokeInvitation', { orgId: cast.acme, invitationId: asked?.id });
    expect(await waiting()).toEqual([]);
    const late = { orgId: cast.globex, invitationId: asked?.id };
    expect((await carol.call('mutation', 'partners.approve', late)).code).toBe('NOT_FOUND');
    expect(await standing()).toEqual([]);
  });

  test('is enough where the organisation says so', async () => {
    await carol.call('mutation', 'organisations.change', { orgId: cast.globex, partnershipApproval: 'members' });
    expect((await accept(await signIn(cleo), await invite(cleo.email))).data).toEqual({ outcome: 'partners' });
    expect(await standing()).toHaveLength(2);
  });
});

describe('partners', () => {
  const acmes = () => ({ orgId: cast.acme, partnerId: cast.globex });
  beforeEach(async () => {
    expect((await accept(carol, await invite(cast.carol.email))).status).toBe(200);
  });

  test('are offered people, suspended, resumed and ended', async () => {
    const offer = { ...acmes(), personIds: [cast.bob.personId] };
    expect((await alice.call('mutation', 'partners.offer', offer)).status).toBe(200);
    expect((await alice.call('query', 'partners.offered', acmes())).data).toEqual([cast.bob.personId]);
    expect(await standing()).toMatchObject([{ name: 'Acme', contacts: [{ name: 'Bob' }] }, {}]);
    for (const suspended of [true, false]) {
      expect((await alice.call('mutation', 'partners.suspend', { ...acmes(), suspended })).status).toBe(200);
      expect(await standing()).toMatchObject(
        Array.from({ length: 2 }, () => ({ suspended_by: suspended ? [cast.acme] : [] })),
      );
    }
    expect((await alice.call('mutation', 'partners.end', { ...acmes(), threads: 'removed' })).status).toBe(200);
    expect((await alice.call('mutation', 'partners.end', { ...acmes(), threads: 'kept' })).code).toBe('ENDED');
    expect(await standing()).toEqual([]);
  });

  test('are looked after by owners and admins of their own side alone', async () => {
    const member = await signIn(cleo);
    const globexes = { orgId: cast.globex, partnerId: cast.acme };
    expect((await member.call('mutation', 'partners.suspend', { ...globexes, suspended: true })).code).toBe(
      'FORBIDDEN',
    );
    expect((await alice.call('mutation', 'partners.suspend', { ...globexes, suspended: true })).code).toBe('NOT_FOUND');
    expect((await alice.call('query', 'partners.offered', globexes)).code).toBe('NOT_FOUND');
  });
});
