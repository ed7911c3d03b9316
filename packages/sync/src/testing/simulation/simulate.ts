/** One seed, from its first moment to the verdict. */
import process from 'node:process';
import { lateParts } from '../../client/late-parts.ts';
import { act, bulk, isAct } from './acts.ts';
import type { Api } from './api.ts';
import { FAULTS_BY_NAME } from './faults.ts';
import { othersNotes, peopleScope, PLACES_KEPT, threadScope, userScope, type Tables } from './program.ts';
import { planOf, type Plan, type Step } from './plan.ts';
import { secretOf } from './secrets.ts';
import { unsettled } from './settled.ts';
import { compareWithBootstrap, judge } from './verdict.ts';
import { World } from './world.ts';

/** Milliseconds of virtual time within which everybody has everything once nothing is broken any more. */
const QUIET_WITHIN = 240_000;
const NAMES = ['alice', 'bob', 'carol', 'dave'];

export interface Result {
  seed: number;
  /** `null`: every rule held. */
  failure: { rule: string; message: string } | null;
  /** The same for the same seed, whenever and wherever it runs. */
  hash: number;
  events: number;
  faults: Readonly<Record<string, number>>;
  rules: Readonly<Record<string, number>>;
}

export async function simulate(plan: Plan, say?: (line: string) => void): Promise<Result> {
  // The first time they come from a real disk, which takes real time.
  await Promise.all(Object.values(lateParts).map((load) => load()));
  const world = new World({ seed: plan.seed, say });
  const onStray = (error: unknown) => world.clock.fail(error instanceof Error ? error : new Error(String(error)));
  process.on('unhandledRejection', onStray);
  let failure: Result['failure'] = null;
  try {
    await live(world, plan);
  } catch (error) {
    const rule = error instanceof Error && 'rule' in error ? String(error.rule) : 'ERROR';
    failure = {
      rule,
      message: error instanceof Error ? (rule === 'ERROR' ? `${error.stack}` : error.message) : String(error),
    };
  } finally {
    for (const { tabs } of world.devices) for (const { tab } of tabs) tab.kill();
    process.off('unhandledRejection', onStray);
  }
  const { hash, events } = world.clock;
  return { seed: plan.seed, failure, hash, events, faults: world.tally.faults, rules: world.tally.rules };
}

async function live(world: World, plan: Plan): Promise<void> {
  await begin(world, plan);
  for (const step of plan.steps) {
    world.clock.after(step.at - world.clock.now, step.name, () => carryOut(world, step));
  }
  await world.clock.run(plan.healsAt - world.clock.now);
  world.heal();
  await becomeQuiet(world);
  judge(world);
  await during(world, compareWithBootstrap(world));
  if (plan.rots) await rot(world);
}

/** One row rots on one disk, and nobody says so. The audits, each scope in its turn, find it. */
async function rot(world: World): Promise<void> {
  for (const { tabs } of world.devices) for (const { tab } of tabs) tab.show(false);
  const device = world.devices.find(({ tabs }) => tabs.every(({ engine }) => engine.status().storage === 'disk'));
  const scope = device?.profile.rot();
  if (!device || !scope) return;
  world.tally.fault('disk.rotten');
  world.say(() => `a row of ${scope} rots on ${device.name}`);
  for (let tries = 0; tries < 20 && unsettled(world) !== null; tries += 1) await world.clock.run(600_000);
  const lacking = unsettled(world);
  if (lacking !== null) return world.fail('AUD2', `no audit found that ${lacking}`);
  const others = world.divergences.filter((other) => other !== scope);
  if (others.length > 0) world.fail('AUD1', `audits complain of ${others.join(', ')}, where nothing is wrong`);
  world.tally.rule('AUD2');
}

/** People, threads with a history, processes, and the first tabs. */
async function begin(world: World, { people, apis, history, orgs = [] }: Plan): Promise<void> {
  world.people.push(...NAMES.slice(0, people.length));
  world.people.forEach((person, index) => world.orgs.set(person, orgs[index] ?? []));
  for (let left = apis; left > 0; left -= 1) world.startApi();
  const [api] = world.apis;
  if (!api) return;
  const threads = history.map((messages, index) => ({
    thread: `t${index}`,
    messages,
    members: index === 0 ? world.people : world.people.slice(0, 2),
  }));
  const making = api.server.act(null, { create: world.people.map(userScope), write: [] }, async (tx) => {
    for (const person of world.people) {
      for (const { thread, members } of threads) {
        if (!members.includes(person)) continue;
        tx.put('membership', userScope(person), thread, { ...partIn(world, thread, person), epoch: 1 });
      }
    }
  });
  await during(world, making);
  for (const { thread, messages, members } of threads) {
    const create = [threadScope(thread), peopleScope(thread)];
    const filling = api.server.act(null, { create, write: [] }, async (tx) => {
      for (const person of members) tx.put('participant', peopleScope(thread), person, partIn(world, thread, person));
      tx.put('head', threadScope(thread), thread, { last: messages });
      for (let place = 1; place <= messages; place += 1) {
        const seq = tx.nextSeq(threadScope(thread));
        const author = members[place % members.length] ?? '';
        const text = `once ${place}`;
        tx.put('message', threadScope(thread), `${thread}-${place}`, {
          seq,
          author,
          text,
          rev: 0,
          likes: [],
          tag: 'old',
        });
      }
    });
    await during(world, filling);
    // Where there is much to read there are notes of earlier times, too.
    if (orgs.length > 0 && messages > PLACES_KEPT) await during(world, fillNotes(api, thread, messages));
  }
  people.forEach((devices, index) => {
    for (const { old, tabs } of devices) {
      const device = world.addDevice(world.people[index] ?? '', old ? 'before' : 'now');
      for (let left = tabs; left > 0; left -= 1) world.openTab(device);
      device.tabs.slice(1).forEach(({ tab }, place) => tab.show(place % 2 === 0));
    }
  });
}

function fillNotes(api: Api, thread: string, notes: number): Promise<unknown> {
  const scopes = othersNotes(thread, undefined);
  return api.server.act(null, { write: [], ensure: scopes }, async (tx) => {
    for (const scope of scopes) {
      tx.put('noteHead', scope, thread, { last: notes });
      for (let place = 1; place <= notes; place += 1) {
        const seq = tx.nextSeq(scope);
        const text = secretOf(scope, 'nobody', `old-${place}`);
        tx.put('note', scope, `old-${place}`, { seq, author: 'nobody', text, rev: 0, likes: [], afterSeq: place });
      }
    }
  });
}

/** Whoever belongs to two organisations acts for the one in the first thread, and for the other in the second. */
function partIn({ orgs }: World, thread: string, person: string): Tables['participant'] {
  const org = orgs.get(person)?.at(thread === 't0' ? 0 : -1);
  return { active: true, ...(org === undefined ? {} : { org }) };
}

function carryOut(world: World, step: Step): void {
  if (step.name === 'bulk') void bulk(world, step).catch(() => {});
  else if (isAct(step.name)) act(world, step.name, step);
  else FAULTS_BY_NAME[step.name]?.(world, step);
}

async function becomeQuiet(world: World): Promise<void> {
  const end = world.clock.now + QUIET_WITHIN;
  let lacking: string | null = 'not looked at yet';
  while (lacking !== null) {
    if (world.clock.now > end) return world.fail('CONN2', `not quiet after healing: ${lacking}`);
    await world.clock.run(lacking.includes('waiting') ? 500 : 2_000);
    lacking = unsettled(world);
    // What was still on its way must not change it.
    if (lacking !== null) continue;
    await world.clock.run(15_000);
    lacking = unsettled(world);
  }
  world.tally.rule('CONN2');
  if (Object.keys(world.tally.faults).some((name) => name.startsWith('network.'))) world.tally.rule('CLI4');
}

/** Lets time go by until it is done. */
async function during(world: World, work: Promise<unknown>): Promise<void> {
  let isDone = false;
  const over = () => {
    isDone = true;
  };
  const watched = work.then(over, (error: unknown) => {
    over();
    throw error;
  });
  watched.catch(() => {});
  while (!isDone) await world.clock.run(5);
  await watched;
  if (world.clock.failure) throw world.clock.failure;
}

export const simulateSeed = (seed: number, say?: (line: string) => void): Promise<Result> =>
  simulate(planOf(seed), say);
