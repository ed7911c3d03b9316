/**
 * What lies between tabs and servers: delay, loss, doubling, other orders, lines that are dead in one direction or in
 * both and do not say so. A line that has lost something breaks sooner or later, as a line of TCP does, and whoever asks
 * for too long hears that nobody answers.
 */
import type { CloseReason, Connection, ConnectionEvents, Network } from '../../client/ports.ts';
import { SPEAKS, type LiveEvent, type PageAnswer, type PullRequest } from '../../protocol.ts';
import { RequestError } from '../../server/errors.ts';
import type { Api } from './api.ts';
import type { Clock } from './clock.ts';
import { copy } from './copy.ts';
import type { Random } from './random.ts';
import type { Tab } from './tab.ts';
import type { Tally } from './tally.ts';

/** Milliseconds. Those of the adapter that ships. */
const CALL_TIMEOUT = 30_000;
const NOTICED_AFTER = 28_000;

export interface Weather {
  requestLost: number;
  answerLost: number;
  requestDoubled: number;
  pokeLost: number;
  pokeDoubled: number;
  pokeReordered: number;
  /** A message takes seconds instead of milliseconds. */
  delayed: number;
}
export const FAIR: Weather = {
  requestLost: 0,
  answerLost: 0,
  requestDoubled: 0,
  pokeLost: 0,
  pokeDoubled: 0,
  pokeReordered: 0,
  delayed: 0,
};

/** How one device reaches the servers. */
export interface Line {
  /** What the machine says of its network. */
  online: boolean;
  /** Nothing goes through in this direction, and nobody is told. */
  deaf: 'up' | 'down' | 'both' | null;
  /** It reads slowly. */
  slow: boolean;
  weather: Weather;
  /** Who is signed in there. */
  session: string | null;
  /** Release of what its tabs run: the one before is spoken to as it speaks; one before that is refused. */
  release: 'now' | 'before' | 'ancient';
  readonly onlineListeners: Set<() => void>;
  readonly connections: Set<{ tab: Tab; end(reason: CloseReason | null): void; deafen(): void }>;
}

export const newLine = (session: string, release: Line['release']): Line => ({
  online: true,
  deaf: null,
  slow: false,
  weather: FAIR,
  session,
  release,
  onlineListeners: new Set(),
  connections: new Set(),
});

export interface NetworkOptions {
  clock: Clock;
  random: Random;
  tally: Tally;
  /** A process to talk to, if one is there. */
  api: () => Api | null;
  /** Sees everything that a server says. */
  witness: Witness;
}

export interface Witness {
  answer(kind: CallKind, personId: string, request: unknown, answer: unknown, line: Line): void;
  /** A page comes to whoever asked for it. */
  arrives(page: PageAnswer, request: unknown): void;
  live(personId: string, event: LiveEvent, line: Line): void;
}
export type CallKind = 'pull' | 'push' | 'page' | 'audit';

/** What a server hears of a client of that release. */
const spoken = { now: {}, before: { protocol: 1 }, ancient: { protocol: 0, oldest: 0 } } as const;

export function createNetwork(options: NetworkOptions, tab: Tab, line: Line): Network {
  const { clock, random, tally, witness } = options;
  const fires = (fault: keyof Weather): boolean => {
    const happens = random.chance(line.weather[fault]);
    if (happens) tally.fault(`network.${fault}`);
    return happens;
  };
  const delay = () => (fires('delayed') ? random.between(1_000, 12_000) : random.between(1, 60));

  const connect = (caller: { personId: string; clientId: string }, events: ConnectionEvents): Connection => {
    let open = true;
    /** Nothing goes through any more, and nobody is told. */
    let dead = false;
    let api: Api | null = null;
    const ended = new AbortController();
    const pending = new Set<(error: Error) => void>();
    /** Scopes that are asked for the first time, and not answered yet. */
    const firstAsked = new Set<string>();
    const passes = (direction: 'up' | 'down') => {
      if (!dead && line.deaf !== direction && line.deaf !== 'both') return true;
      tally.fault(dead ? 'network.halfOpen' : `network.deaf.${direction}`);
      return false;
    };
    const end = (reason: CloseReason | null) => {
      if (!open) return;
      open = false;
      line.connections.delete(own);
      api?.deaths.delete(die);
      ended.abort();
      for (const fail of [...pending]) fail(new Error('The connection is closed.'));
      if (reason) events.closed(reason);
    };
    const endLater = (reason: CloseReason, ms = delay()) =>
      clock.after(ms, `closed.${reason}`, () => tab.reach(() => end(reason)));
    /** Else the person would wait for ever: the adapter asks for signs of life. */
    const deafen = () => {
      if (dead) return;
      dead = true;
      ended.abort();
      endLater('lost', random.between(NOTICED_AFTER / 2, NOTICED_AFTER));
    };
    const die = () => {
      ended.abort();
      dead = true;
      endLater('lost', random.chance(0.8) ? delay() : NOTICED_AFTER);
    };
    const own = { tab, end: (reason: CloseReason | null) => tab.reach(() => end(reason)), deafen };
    line.connections.add(own);

    const arrive = () => {
      if (!open || !passes('up')) return void endLater('lost', random.between(10_000, CALL_TIMEOUT));
      api = options.api();
      if (!api || !line.online) return void endLater('lost');
      if (line.session !== caller.personId) return void endLater(line.session ? 'wrong_account' : 'unauthorised');
      api.deaths.add(die);
      try {
        const request = { ...SPEAKS, ...caller, ...spoken[line.release] };
        const { bare } = api.server.admit(caller.personId, request);
        void stream(api.hub.connect({ ...caller, bare }, ended.signal));
      } catch (error) {
        endLater(reasonOf(error));
      }
    };
    const stream = async (live: AsyncIterable<LiveEvent>) => {
      let last = 0;
      for await (const event of live) {
        witness.live(caller.personId, event, line);
        if (event.kind === 'poke' && fires('pokeLost')) {
          endLater('lost', random.between(0, 20_000));
          continue;
        }
        for (let copies = event.kind === 'poke' && fires('pokeDoubled') ? 2 : 1; copies > 0; copies -= 1) {
          const mayOvertake = event.kind === 'poke' && fires('pokeReordered');
          const at = mayOvertake ? clock.now + delay() * 3 : Math.max(last, clock.now + delay());
          if (!mayOvertake) last = at;
          clock.after(at - clock.now, `live.${event.kind}`, () => {
            if (!open) {
              // What it says after it was given up is not to be heard.
              if (event.kind === 'poke' && random.chance(0.5)) {
                tally.rule('CONN3');
                tab.reach(() => events.live(copy(event)));
              }
              return;
            }
            if (event.kind === 'poke' && firstAsked.has(event.scope)) tally.rule('CLI18');
            if (passes('down')) tab.reach(() => open && events.live(copy(event)));
            else deafen();
          });
        }
        if (line.slow) await new Promise<void>((resolve) => void clock.after(500, 'slow', resolve));
      }
    };
    clock.after(delay(), 'connect', arrive);

    const call = <Request extends { personId: string }, Answer>(
      kind: CallKind,
      given: Request,
      ask: (api: Api, personId: string, request: Request) => Promise<Answer>,
    ): Promise<Answer> =>
      new Promise((resolve, reject) => {
        if (!open) return reject(new Error('The connection is closed.'));
        const request = { ...copy(given), ...spoken[line.release] };
        const asked = 'scopes' in given ? (given.scopes as PullRequest['scopes']) : [];
        for (const { scope, from } of asked) if (from === null) firstAsked.add(scope);
        const settle = (act: () => void) => {
          for (const { scope } of asked) firstAsked.delete(scope);
          callOff();
          pending.delete(fail);
          act();
        };
        const fail = (error: Error) => settle(() => reject(error));
        pending.add(fail);
        const callOff = clock.after(CALL_TIMEOUT, 'call.timeout', () =>
          tab.reach(() => {
            fail(new Error('The server did not answer.'));
            end('lost');
          }),
        );
        // Pages take long, so that much can happen meanwhile.
        const say = (label: string, act: () => void) =>
          clock.after(delay() + (kind === 'page' ? random.between(0, 4_000) : 0), label, () => {
            if (open && passes('down') && !fires('answerLost')) tab.reach(act);
          });
        const askOnce = (isEcho: boolean) => {
          const server = api;
          if (!server?.alive || !passes('up')) return;
          const { session } = line;
          if (session === null) return;
          ask(server, session, copy(request)).then(
            (answer) => {
              if (!server.alive) return;
              witness.answer(kind, session, request, answer, line);
              if (!isEcho) {
                say(`${kind}.answer`, () => {
                  if (kind === 'page') witness.arrives(answer as PageAnswer, request);
                  settle(() => resolve(copy(answer)));
                });
              }
            },
            (error: unknown) => {
              if (!server.alive || isEcho) return;
              if (!(error instanceof Error)) throw error;
              if (error instanceof RequestError) tally.rule(ruleOf(kind, error));
              say(`${kind}.refused`, () => {
                fail(error);
                const reason = reasonOf(error);
                if (reason !== 'lost') end(reason);
              });
            },
          );
        };
        clock.after(delay(), kind, () => {
          if (!open || fires('requestLost')) return;
          askOnce(false);
          if (fires('requestDoubled')) clock.after(delay(), `${kind}.doubled`, () => askOnce(true));
        });
      });
    return {
      pull: (request) => call('pull', request, ({ server }, person, sent) => server.pull(person, sent)),
      push: (request) => call('push', request, ({ server }, person, sent) => server.push(person, sent)),
      page: (request) => call('page', request, ({ server }, person, sent) => server.page(person, sent)),
      audit: (request) => call('audit', request, ({ server }, person, sent) => server.audit(person, sent)),
      close: () => end(null),
    };
  };

  return {
    connect,
    online: () => line.online,
    onOnline(listener) {
      const told = () => tab.reach(listener);
      line.onlineListeners.add(told);
      return () => line.onlineListeners.delete(told);
    },
  };
}

function ruleOf(kind: CallKind, error: RequestError): string {
  if (error.code === 'BUSY') return 'PUSH13';
  if (error.code === 'OUTDATED') return 'VER2';
  return kind === 'push' ? 'PUSH7' : 'PULL7';
}

function reasonOf(error: unknown): CloseReason {
  if (!(error instanceof RequestError)) return 'lost';
  if (error.code === 'UNAUTHORISED') return 'unauthorised';
  if (error.code === 'WRONG_ACCOUNT') return 'wrong_account';
  return error.code === 'OUTDATED' ? 'outdated' : 'lost';
}
