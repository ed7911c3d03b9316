import { expect, test } from 'vitest';
import { alice, cast } from '../testing/acme-server.ts';

const hold = async () => (await alice.call('query', 'organisations.hold', { orgId: cast.acme })).data;
const place = (reason = 'A lawsuit') => alice.call('mutation', 'organisations.placeHold', { orgId: cast.acme, reason });
const lift = () => alice.call('mutation', 'organisations.liftHold', { orgId: cast.acme });

test('one hold at a time, with its reason, until it is lifted; both stand in the log', async () => {
  expect(await hold()).toBeNull();
  expect((await lift()).code).toBe('NOT_ON_HOLD');
  expect((await place('  A\nlawsuit ')).status).toBe(200);
  expect(await hold()).toEqual({ reason: 'A lawsuit', placedBy: 'Alice', placedAt: expect.any(Number) as number });
  expect((await place('Another one')).code).toBe('ON_HOLD');
  expect((await lift()).status).toBe(200);
  expect((await lift()).code).toBe('NOT_ON_HOLD');
  expect(await hold()).toBeNull();
  expect((await place('Another one')).status).toBe(200);
  const { data } = await alice.call('query', 'audit.list', {
    orgId: cast.acme,
    kinds: ['hold_placed', 'hold_lifted'],
  });
  expect(data).toMatchObject({
    items: [
      { kind: 'hold_placed', details: { reason: 'Another one' } },
      { kind: 'hold_lifted', actor: { name: 'Alice' }, details: { reason: 'A lawsuit' } },
      { kind: 'hold_placed', actor: { name: 'Alice' }, details: { reason: 'A lawsuit' } },
    ],
  });
  await lift();
});

test('of two that place one at the same time one is refused', async () => {
  const answers = await Promise.all([place('One'), place('Two')]);
  expect(answers.map(({ code }) => code ?? 'placed').toSorted()).toEqual(['ON_HOLD', 'placed']);
  expect((await place(' ')).code).toBe('INVALID');
  await lift();
});
