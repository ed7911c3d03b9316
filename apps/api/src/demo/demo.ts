/**
 * The demo: two organisations at work, made for one person, seen by nobody else, and gone without a trace when that
 * person has seen enough.
 */
import { orgPeopleScope, orgScope, userScope } from '@parley/core/scopes';
import { eraseOrganisation, ownRowsAbout, scopesToErase, type Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { putMember } from '../accounts/people.ts';
import { ApiError } from '../http/api-error.ts';
import { writePlan } from '../imports/slack/write.ts';
import type { Acts } from '../services.ts';
import { brightwater } from './brightwater.ts';
import { demoOrgId, planDemo, type DemoOrganisation, type DemoReader } from './demo-workspace.ts';
import { kestrel } from './kestrel.ts';

const organisations = [brightwater, kestrel];

interface Asker {
  db: Kysely<Database>;
  acts: Acts;
  personId: string;
  /** Milliseconds since 1970. */
  now: number;
}

/** Whether the person has the demo, or a part of it. */
export async function hasDemo({ db, personId }: Pick<Asker, 'db' | 'personId'>): Promise<boolean> {
  for (const organisation of organisations) {
    const { orgId } = await currentDemo(db, organisation, personId);
    if (await isMade(db, orgId)) return true;
  }
  return false;
}

/**
 * Makes the demo, or what is missing of it. The membership comes last: with it the person's devices fetch everything
 * else, and until then they know of nothing.
 * @throws ApiError `NOT_FOUND` for somebody who is a member of no organisation
 */
export async function addDemo({ db, acts, personId, now }: Asker): Promise<void> {
  const { name, email } = await mustBelongSomewhere(db, personId);
  for (const organisation of organisations) {
    const { orgId, reader } = await currentDemo(db, organisation, personId);
    if (!(await isMade(db, orgId))) {
      await acts.act(null, { write: [], create: [orgScope(orgId), orgPeopleScope(orgId)] }, async (tx) => {
        tx.put('org', orgScope(orgId), orgId, { name: organisation.name, threadStarters: 'members', createdAt: now });
        const card = { name, email, role: 'owner' as const, placeholder: false, active: true, joinedAt: now };
        tx.put('person', orgPeopleScope(orgId), personId, card);
      });
    }
    await writePlan(db, orgId, planDemo(organisation, { ...reader, now }), { now });
    await acts.act(null, { write: [userScope(personId), orgPeopleScope(orgId)] }, async (tx) => {
      if (await tx.get('membership', userScope(personId), orgId)) return;
      await putMember(tx, { personId, orgId, name, email, role: 'owner' });
    });
  }
}

/** Takes the demo away, with whatever was written in it. Nothing happens where there is none. */
export async function removeDemo({ db, acts, personId, now }: Asker): Promise<void> {
  const own = userScope(personId);
  for (const organisation of organisations) {
    const { orgId, reader } = await currentDemo(db, organisation, personId);
    if (!(await isMade(db, orgId))) continue;
    const personIds = planDemo(organisation, { ...reader, now }).people.map(({ id }) => id);
    const doomed = await scopesToErase(db, { orgId, personIds });
    const partnerIds = await partnersOf(db, orgId);
    await acts.act(null, { write: [own, ...doomed, ...partnerIds.map(orgScope)] }, async (tx, native) => {
      for (const partnerId of partnerIds) tx.remove('partner', orgScope(partnerId), orgId);
      for (const { table, id } of await ownRowsAbout(native, { orgId, personId })) tx.remove(table, own, id);
      await eraseOrganisation(native, { orgId, personIds });
    });
  }
}

async function partnersOf(db: Kysely<Database>, orgId: string): Promise<string[]> {
  const rows = await db.selectFrom('partner').select('org_id').where('partner_id', '=', orgId).execute();
  return rows.map(({ org_id: id }) => id);
}

/** What a person was taken from leaves a tombstone with its id: the demo made after it has ids of its own. */
async function currentDemo(
  db: Kysely<Database>,
  organisation: DemoOrganisation,
  personId: string,
): Promise<{ orgId: string; reader: DemoReader }> {
  for (let generation = 0; ; generation += 1) {
    const reader = { personId, generation };
    const orgId = demoOrgId(organisation, reader);
    const membership = await db
      .selectFrom('membership')
      .select('deleted')
      .where('person_id', '=', personId)
      .where('org_id', '=', orgId)
      .executeTakeFirst();
    if (!membership?.deleted) return { orgId, reader };
  }
}

async function isMade(db: Kysely<Database>, orgId: string): Promise<boolean> {
  const org = await db.selectFrom('org').select('id').where('id', '=', orgId).executeTakeFirst();
  return org !== undefined;
}

async function mustBelongSomewhere(db: Kysely<Database>, personId: string): Promise<{ name: string; email: string }> {
  const person = await db
    .selectFrom('auth_user')
    .select(['name', 'email'])
    .where('id', '=', personId)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('membership')
          .select('org_id')
          .where('person_id', '=', personId)
          .where('active', '=', true)
          .where('role', '!=', 'guest')
          .where('deleted', '=', false),
      ),
    )
    .executeTakeFirst();
  if (person) return person;
  throw new ApiError('NOT_FOUND', 'The demo is for members of an organisation.', { status: 'NOT_FOUND' });
}
