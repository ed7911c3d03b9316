/** Teams of an organisation: named groups of its members, looked after by owners and admins. */
import { Refusal, type Mutator, type MutatorTx } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { alignLater } from './groups.ts';
import { accessOrg, mayAdminister } from './organisations.ts';
import { orgPeopleScope, orgScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { lineOfText } from './text.ts';

export interface TeamRow {
  name: string;
  /** In the order in which they were added; also those who are deactivated or guests now. */
  memberIds: string[];
  createdAt: number;
}

/** Characters of a name at most. */
export const TEAM_NAME_LENGTH = 80;
/** People of a team at most: its row travels whole. */
export const TEAM_SIZE = 1_000;
/** People that one act may add or take out. */
const CHANGED_AT_ONCE = 500;

const team = { orgId: z.uuid(), teamId: z.uuid() };
const name = lineOfText(TEAM_NAME_LENGTH);
const people = z.array(z.uuid()).check(z.maxLength(CHANGED_AT_ONCE));

const createTeamArgs = z.object({ ...team, name, memberIds: people });

/** Makes a team. Refused: `not_found`, `forbidden`, `id_taken`, `unknown_person`. */
export const createTeam: Mutator<Tables, z.infer<typeof createTeamArgs>> = {
  name: 'createTeam',
  version: 1,
  args: createTeamArgs,
  lane: ({ orgId }) => orgScope(orgId),
  scopes: ({ orgId }) => ({ write: [orgScope(orgId)], lock: [orgPeopleScope(orgId)] }),
  async run(tx, { orgId, teamId, name, memberIds }) {
    await mustLookAfterTeams(tx, orgId);
    // An organisation is a group of this id already.
    if (teamId === orgId || (await tx.get('team', orgScope(orgId), teamId))) {
      throw new Refusal('id_taken', 'This team is there already.');
    }
    const members = [...new Set(memberIds)];
    await mustBeColleagues(tx, orgId, members);
    tx.put('team', orgScope(orgId), teamId, { name, memberIds: members, createdAt: tx.now });
  },
};

const changeTeamArgs = z.object({
  ...team,
  name: z.optional(name),
  add: z.optional(people),
  remove: z.optional(people),
});

/**
 * Changes what is named and leaves the rest, so that two who change a team do not undo each other. Refused: `not_found`,
 * `forbidden`, `unknown_person`, `too_many`.
 */
export const changeTeam: Mutator<Tables, z.infer<typeof changeTeamArgs>> = {
  name: 'changeTeam',
  version: 1,
  args: changeTeamArgs,
  lane: ({ orgId }) => orgScope(orgId),
  scopes: ({ orgId }) => ({ write: [orgScope(orgId)], lock: [orgPeopleScope(orgId)] }),
  async run(tx, { orgId, teamId, name, add = [], remove = [] }) {
    await mustLookAfterTeams(tx, orgId);
    const before = await accessTeam(tx, orgId, teamId);
    const gone = new Set(remove);
    const added = [...new Set(add)].filter((id) => !before.memberIds.includes(id));
    await mustBeColleagues(tx, orgId, added);
    const memberIds = [...before.memberIds, ...added].filter((id) => !gone.has(id));
    if (memberIds.length > TEAM_SIZE) throw new Refusal('too_many', 'This team has become too large.');
    const isSame =
      memberIds.length === before.memberIds.length && memberIds.every((id, n) => id === before.memberIds[n]);
    if (isSame && (name ?? before.name) === before.name) return;
    tx.put('team', orgScope(orgId), teamId, { ...before, name: name ?? before.name, memberIds });
    alignLater(tx, { orgId, groupId: teamId });
  },
};

const removeTeamArgs = z.object(team);

/** Ends a team, also in every thread. Refused: `not_found`, `forbidden`. */
export const removeTeam: Mutator<Tables, z.infer<typeof removeTeamArgs>> = {
  name: 'removeTeam',
  version: 1,
  args: removeTeamArgs,
  lane: ({ orgId }) => orgScope(orgId),
  scopes: ({ orgId }) => ({ write: [orgScope(orgId)] }),
  async run(tx, { orgId, teamId }) {
    await mustLookAfterTeams(tx, orgId);
    await accessTeam(tx, orgId, teamId);
    tx.remove('team', orgScope(orgId), teamId);
    alignLater(tx, { orgId, groupId: teamId });
  },
};

async function mustLookAfterTeams(tx: MutatorTx<Tables>, orgId: string): Promise<void> {
  const { role } = await accessOrg(tx, orgId);
  if (!mayAdminister(role)) throw new Refusal('forbidden', 'Only owners and admins look after teams.');
}

async function accessTeam(tx: MutatorTx<Tables>, orgId: string, teamId: string): Promise<TeamRow> {
  const row = await tx.get('team', orgScope(orgId), teamId);
  if (!row) throw new Refusal('not_found', 'There is no such team.');
  return row;
}

/** @throws Refusal `unknown_person` for whoever is not in the directory, or a guest or shut out */
async function mustBeColleagues(tx: MutatorTx<Tables>, orgId: string, personIds: readonly string[]): Promise<void> {
  const found = await Promise.all(personIds.map((id) => tx.get('person', orgPeopleScope(orgId), id)));
  if (found.some((person) => !person?.active || person.role === 'guest')) {
    throw new Refusal('unknown_person', 'One of these people is no member of the organisation.');
  }
}
