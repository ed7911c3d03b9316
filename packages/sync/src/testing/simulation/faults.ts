/** What goes wrong, by families: a seed has some of them and not others, so that each is also seen alone. */
import { choose } from './acts.ts';
import type { DiskCall, DiskFailure } from './disk.ts';
import { FAIR, type Weather } from './network.ts';
import type { Step } from './plan.ts';
import { threadScope, userScope } from './program.ts';
import type { Device, World } from './world.ts';

type Fault = (world: World, step: Step) => void;

const seconds = (number: number) => 1_000 + number * 15_000;

const onDevice =
  (work: (device: Device, world: World, step: Step) => void): Fault =>
  (world, step) => {
    const device = choose(world.devices, step.a);
    if (!device) return;
    world.say(() => `${step.name} on ${device.name}`);
    work(device, world, step);
  };

const onTab = (work: (device: Device, place: number, world: World, step: Step) => void): Fault =>
  onDevice((device, world, step) => {
    if (device.tabs.length > 0) work(device, Math.floor(step.b * device.tabs.length), world, step);
  });

/** For a while; then it is as before. */
const lasting = (world: World, step: Step, end: () => void) => world.clock.after(seconds(step.c), 'fault.over', end);

export const DISK_CALLS: readonly DiskCall[] = [
  'openCache',
  'openOutbox',
  'deleteCache',
  'readCache',
  'writeCache',
  'readOutbox',
  'writeOutbox',
];
const DISK_FAILURES: readonly DiskFailure[] = ['lost', 'corrupt', 'full', 'failed'];
const WEATHERS: readonly Partial<Weather>[] = [
  { requestLost: 0.3, answerLost: 0.3 },
  { requestDoubled: 0.5, pokeDoubled: 0.5 },
  { delayed: 0.3, pokeReordered: 0.5 },
  { pokeLost: 0.5 },
  { answerLost: 0.6 },
  { requestLost: 0.1, answerLost: 0.1, requestDoubled: 0.2, pokeLost: 0.1, pokeReordered: 0.3, delayed: 0.1 },
];

function powerCut(device: Device, world: World): void {
  for (const open of [...device.tabs]) world.killTab(device, open);
  const lost = device.profile.powerCut();
  world.tally.fault('disk.powerCut');
  if (lost > 0) world.tally.fault('disk.tailLost', lost);
}

export const FAULTS = {
  network: {
    cut: onDevice(({ line }, world) => {
      if (line.connections.size > 0) world.tally.fault('network.cut');
      for (const connection of [...line.connections]) connection.end('lost');
    }),
    halfOpen: onDevice(({ line }, world) => {
      if (line.connections.size > 0) world.tally.fault('network.cutSilently');
      for (const connection of [...line.connections]) connection.deafen();
    }),
    deaf: onDevice(({ line }, world, step) => {
      line.deaf = choose(['up', 'down', 'both'], step.b) ?? 'both';
      lasting(world, step, () => {
        line.deaf = null;
      });
    }),
    offline: onDevice(({ line }, world, step) => {
      world.tally.fault('network.offline');
      const set = (online: boolean) => {
        line.online = online;
        if (!online) for (const connection of [...line.connections]) connection.end('lost');
        for (const listener of [...line.onlineListeners]) listener();
      };
      if (!line.online) return;
      set(false);
      lasting(world, step, () => line.online || set(true));
    }),
    weather: onDevice(({ line }, world, step) => {
      line.weather = { ...FAIR, ...choose(WEATHERS, step.b) };
      lasting(world, step, () => {
        line.weather = FAIR;
      });
    }),
    slow: onDevice((device, world, step) => {
      device.line.slow = true;
      world.tally.fault('network.slowReader');
      lasting(world, step, () => {
        device.line.slow = false;
      });
    }),
  },
  tabs: {
    openTab: onDevice((device, world) => {
      if (device.tabs.length < 3) world.openTab(device);
    }),
    closeTab: onTab((device, place, world) => {
      const open = device.tabs[place];
      if (!open || open.tab.state !== 'running') return;
      world.tally.fault('tab.closed');
      open.engine.stop();
      // What it was writing comes to its end.
      device.tabs = device.tabs.filter((other) => other !== open);
      world.clock.after(50, 'tab.gone', () => world.killTab(device, open));
    }),
    killTab: onTab((device, place, world, step) => {
      const open = device.tabs[place];
      if (!open) return;
      world.tally.fault('tab.killed');
      if (step.c < 0.5) device.profile.cutOff(open.tab);
      world.killTab(device, open);
    }),
    freeze: onTab((device, place, world, step) => {
      const open = device.tabs[place];
      if (!open?.tab.freeze()) return;
      world.tally.fault(device.tabLine.leader === open.tab ? 'tab.leaderFrozen' : 'tab.frozen');
      lasting(world, step, () => open.tab.thaw());
    }),
    hide: onTab((device, place) => device.tabs[place]?.tab.show(false)),
    show: onTab((device, place) => device.tabs[place]?.tab.show(true)),
  },
  disk: {
    diskFails: onDevice(({ profile }, _world, step) => {
      const call = choose(DISK_CALLS, step.b);
      const failure = choose(DISK_FAILURES, step.c);
      if (call && failure) profile.fail(call, failure, 1 + Math.floor((step.at % 7) / 2));
    }),
    tight: onDevice(({ profile }) => {
      profile.tight = true;
    }),
    lostHandles: onDevice(({ profile }, world, step) => {
      profile.lostOdds = 0.15;
      lasting(world, step, () => {
        profile.lostOdds = 0;
      });
    }),
    closeHandles: onDevice(({ profile }, world, step) => {
      world.tally.fault('disk.handlesClosed');
      world.tally.rule('DISK2');
      profile.closeHandles(step.b < 0.5 ? 'cache' : 'outbox');
    }),
    powerCut: onDevice((device, world, step) => {
      powerCut(device, world);
      world.clock.after(seconds(step.c) / 4, 'power.back', () => void world.openTab(device));
    }),
    evictCache: onDevice(({ profile, tabs }, world) => {
      world.tally.fault('disk.cacheEvicted');
      if (tabs.some(({ tab }) => tab.state === 'running')) world.tally.rule('DISK3');
      profile.evict('cache');
    }),
    evictOutbox: onDevice((device, world) => {
      world.tally.fault('disk.outboxEvicted');
      if (!device.tabs.some(({ tab, started }) => tab.state === 'running' && started)) {
        world.excuseUnsent(device, 'evicted');
      } else world.tally.rule('DISK8');
      device.evictedAt = world.clock.now;
      device.profile.evict('outbox');
    }),
  },
  leaving: {
    wipe: onTab((device, place, world) => {
      const open = device.tabs[place];
      if (!open?.started || open.tab.state !== 'running') return;
      world.excuseUnsent(device, 'wiped');
      const tabs = device.tabs.splice(0);
      const { cuts } = device.profile;
      const { opened } = device;
      open.engine.wipe().catch(() => {});
      world.clock.after(3_000, 'wiped', () => {
        const isThere = device.profile.outbox ?? device.profile.cache;
        if (isThere && opened === device.opened && cuts === device.profile.cuts)
          world.fail('CLI7', `${device.name} is not wiped`);
        world.tally.rule('CLI7');
        for (const left of tabs) world.killTab(device, left);
      });
    }),
  },
  clone: {
    clone: onDevice((device, world) => {
      if (world.devices.length > 6) return;
      world.tally.fault('profile.cloned');
      world.wasCloned = true;
      const other = world.addDevice(device.personId, device.line.release);
      device.profile.copyTo(other.profile);
      for (const id of world.queued(device.profile).keys()) {
        const composed = world.ledger.composed.get(id);
        if (composed) composed.cloned = true;
      }
      world.openTab(other);
    }),
  },
  clock: {
    clockJumps: onDevice((device, world, step) => {
      world.tally.fault('clock.jumped');
      device.wrong = (step.b - 0.5) * 2 * 400 * 86_400_000;
    }),
  },
  api: {
    crash: (world, step) => {
      const api = choose(world.liveApis(), step.a);
      if (!api) return;
      world.tally.fault('crash');
      world.crashApi(api);
      world.clock.after(seconds(step.c) / 3, 'api.start', () => void world.startApi());
    },
    crashAtCommit: (world, step) => {
      world.say(() => step.name);
      if (step.b < 0.66) world.database.setTrap(step.b < 0.33 ? 'crash.beforeCommit' : 'crash.afterCommit');
      else for (const api of world.liveApis()) api.diesBeforeAnswer = true;
      lasting(world, step, () => world.liveApis().length === 0 && world.startApi());
    },
  },
  database: {
    databaseRestart: (world, step) => {
      world.tally.fault('database.restart');
      world.say(() => step.name);
      world.database.restart(seconds(step.c) / 3);
    },
    commitAnswerLost: (world) => world.database.setTrap('commit.answerLost'),
    aborts: (world, step) => {
      world.database.abortOdds = 0.2;
      lasting(world, step, () => {
        world.database.abortOdds = 0;
      });
    },
    lockHeld: (world, step) => {
      world.tally.fault('database.lockHeld');
      const scopes = [threadScope('t0'), threadScope('t1'), ...world.people.map(userScope)];
      world.database.holdLock(choose(scopes, step.b) ?? 't0', seconds(step.c));
    },
    poolExhausted: (world, step) => {
      world.database.exhausted = true;
      lasting(world, step, () => {
        world.database.exhausted = false;
      });
    },
  },
  restore: {
    backup: (world) => world.database.backup(),
    restoreBackup: (world, step) => {
      if (!world.restore()) return;
      world.tally.fault('database.restored');
      world.say(() => step.name);
    },
  },
  forgetting: {
    purge: (world, step) => {
      world.say(() => step.name);
      for (const scope of [threadScope('t0'), threadScope('t1')]) {
        if (world.database.purge(scope)) world.tally.fault('database.purged');
      }
    },
    forgetResults: (world) => {
      if (world.forgetResults() > 0) world.tally.fault('database.resultsForgotten');
    },
  },
  bus: {
    busDown: (world, step) => {
      world.tally.fault('bus.down');
      world.bus.setUp(false);
      lasting(world, step, () => world.bus.setUp(true));
    },
  },
  account: {
    signedOut: onDevice(({ line, personId }, world, step) => {
      world.tally.fault('session.ended');
      line.session = null;
      for (const connection of [...line.connections]) connection.end('unauthorised');
      lasting(world, step, () => {
        line.session = personId;
      });
    }),
    otherSignedIn: onDevice(({ line, personId }, world, step) => {
      world.tally.fault('session.ofAnother');
      line.session = choose(world.people, step.b) ?? null;
      if (line.session === personId) return;
      if (step.c < 0.5) for (const connection of [...line.connections]) connection.end('lost');
      lasting(world, step, () => {
        line.session = personId;
      });
    }),
    outdated: onDevice((device, world) => {
      world.tally.fault('client.outdated');
      device.line.release = 'ancient';
      for (const connection of [...device.line.connections]) connection.end('lost');
    }),
  },
} satisfies Record<string, Record<string, Fault>>;

export type Family = keyof typeof FAULTS;
export const FAULTS_BY_NAME: Readonly<Record<string, Fault>> = Object.assign({}, ...Object.values(FAULTS));

/** What strikes, by the names of the tally: none may be without effect in a long run. */
export const STRIKES: readonly string[] = [
  'bus.down',
  'client.outdated',
  'client.ofReleaseBefore',
  'clock.jumped',
  'commit.answerLost',
  'crash',
  'crash.afterCommit',
  'crash.beforeAnswer',
  'crash.beforeCommit',
  'database.aborted',
  'database.lockHeld',
  'database.poolExhausted',
  'database.purged',
  'database.restart',
  'database.restored',
  'database.resultsForgotten',
  'disk.cacheEvicted',
  'disk.full',
  'disk.handleLostAfterCommit',
  'disk.handlesClosed',
  'disk.outboxEvicted',
  'disk.powerCut',
  'disk.rotten',
  'disk.tailLost',
  'disk.transactionCutOff',
  'member.actsForAnother',
  'member.removed',
  'network.answerLost',
  'network.cut',
  'network.cutSilently',
  'network.deaf.down',
  'network.deaf.up',
  'network.delayed',
  'network.halfOpen',
  'network.offline',
  'network.pokeDoubled',
  'network.pokeLost',
  'network.pokeReordered',
  'network.requestDoubled',
  'network.requestLost',
  'network.slowReader',
  'page.late',
  'profile.cloned',
  'session.ended',
  'session.ofAnother',
  'tab.closed',
  'tab.frozen',
  'tab.killed',
  'tab.leadStolen',
  'tab.leaderFrozen',
  ...DISK_CALLS.flatMap((call) => DISK_FAILURES.map((failure) => `disk.${call}.${failure}`)),
];
