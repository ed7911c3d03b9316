import { describe, expect, test } from 'vitest';
import { ownGroups } from './groups.ts';
import type { Role } from './organisations.ts';
import { orgScope } from './scopes.ts';
import { createTeam } from './teams.ts';
import { addGroup } from './thread-groups.ts';
import { acme, acmeWorld, newId, people, threadId } from './world.fixture.ts';

describe('[GRP9] the groups of a person', () => {
  const membership = (id: string, role: Role, active = true) => ({ id, data: { role, active } });
  const team = (orgId: string, id: string, memberIds: string[]) => ({
    scope: orgScope(orgId),
    id,
    data: { memberIds },
  });
  const teams = [team('acme', 'drivers', ['bob']), team('acme', 'office', ['alice']), team('globex', 'board', ['bob'])];

  test('are the organisations and teams that stand for them', () => {
    expect(ownGroups('bob', [membership('acme', 'member')], teams)).toEqual(new Set(['acme', 'drivers']));
    expect(ownGroups('bob', [membership('acme', 'admin'), membership('globex', 'owner')], teams)).toEqual(
      new Set(['acme', 'drivers', 'globex', 'board']),
    );
  });

  test('are none where they are a guest or shut out', () => {
    expect(ownGroups('bob', [membership('acme', 'guest')], teams)).toEqual(new Set());
    expect(ownGroups('bob', [membership('acme', 'member', false)], teams)).toEqual(new Set());
  });
});

test('a group comes with its card, once, and with work for the worker', async () => {
  const world = acmeWorld();
  world.put('org', orgScope(acme), acme, { name: 'Acme', threadStarters: 'members', createdAt: 1 });
  const teamId = newId();
  await world.act(people.alice, createTeam, {
    orgId: acme,
    teamId,
    name: '  Night \n drivers ',
    memberIds: [people.bob],
  });
  const add = (groupId: string) =>
    world.act(people.bob, addGroup, { threadId, orgId: acme, messageId: newId(), groupId });
  await add(teamId);
  await add(teamId);
  await add(acme);
  expect(world.all('group')).toEqual([
    { kind: 'team', orgId: acme, name: 'Night drivers', addedAt: 1_000 },
    { kind: 'org', orgId: acme, name: 'Acme', addedAt: 1_000 },
  ]);
  expect(world.all('message').map(({ notice }) => notice)).toHaveLength(2);
  expect(world.jobs.map(({ kind, payload }) => ({ kind, ...payload }))).toEqual([
    { kind: 'groups.changed', orgId: acme, threadId },
    { kind: 'groups.changed', orgId: acme, threadId },
  ]);
});
