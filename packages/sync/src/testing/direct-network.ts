/** A network without wires: client and server in one process, with the faults a test asks for, each counted. */
import type { CloseReason, Connection, ConnectionEvents, Network } from '../client/ports.ts';
import type {
  AuditAnswer,
  AuditRequest,
  LiveEvent,
  PageAnswer,
  PageRequest,
  PullRequest,
  PullResponse,
  PushRequest,
  PushResponse,
} from '../protocol.ts';

interface Caller {
  personId: string;
  clientId: string;
}

/** The server as one person's connection reaches it. */
export interface DirectServer {
  pull(request: PullRequest): Promise<PullResponse>;
  push(request: PushRequest): Promise<PushResponse>;
  page(request: PageRequest): Promise<PageAnswer>;
  audit(request: AuditRequest): Promise<AuditAnswer>;
  /** Sends events until the answer is called. */
  live(caller: Caller, listener: (event: LiveEvent) => void): () => void;
}

export type Fault = 'requestLost' | 'answerLost' | 'requestDoubled' | 'pokeLost';

export interface DirectNetwork extends Network {
  /** Cuts every connection, or lets new ones through again. */
  setOnline(online: boolean): void;
  /** What the server says to every connection from now on, as for a session that has ended; `null`: all is well. */
  setRefusal(reason: CloseReason | null): void;
  /** Kills every connection without a word: what is asked of it is never answered, and nobody is told. */
  cutSilently(): void;
  /** The same, and no new connection comes to life until the answer is called; nobody is told of that either. */
  vanish(): () => void;
  /** How likely each fault is, 0 to 1. */
  readonly odds: Record<Fault, number>;
  /** How often each has happened. */
  readonly fired: Record<Fault, number>;
  /** Connections tried since the beginning. */
  connects(): number;
  /** Requests by kind since the beginning. */
  readonly requests: Record<'pull' | 'push' | 'page', number>;
  readonly audits: () => number;
}

export function createDirectNetwork(server: DirectServer, random: () => number): DirectNetwork {
  const odds: Record<Fault, number> = { requestLost: 0, answerLost: 0, requestDoubled: 0, pokeLost: 0 };
  const fired: Record<Fault, number> = { requestLost: 0, answerLost: 0, requestDoubled: 0, pokeLost: 0 };
  let audits = 0;
  const requests = { pull: 0, push: 0, page: 0 };
  const listeners = new Set<() => void>();
  const cuts = new Set<() => void>();
  const deaths = new Set<() => void>();
  let online = true;
  let connects = 0;
  let vanished = false;
  let refusal: CloseReason | null = null;

  const fires = (fault: Fault): boolean => {
    const happens = random() < odds[fault];
    if (happens) fired[fault] += 1;
    return happens;
  };

  const connect = (caller: Caller, events: ConnectionEvents): Connection => {
    connects += 1;
    let open = true;
    let dead = vanished;
    const end = (told: boolean) => {
      if (!open) return;
      open = false;
      cuts.delete(cut);
      stop();
      if (told) events.closed(refusal ?? 'lost');
    };
    const cut = () => end(true);
    let stop = () => {};
    deaths.add(() => {
      dead = true;
      cuts.delete(cut);
      stop();
    });
    queueMicrotask(() => {
      if (!open || dead) return;
      if (!online || refusal) return end(true);
      cuts.add(cut);
      stop = server.live(caller, (event) => {
        if (open && !dead && !(event.kind === 'poke' && fires('pokeLost'))) events.live(event);
      });
    });
    const call = async <Request, Answer>(
      kind: keyof typeof requests,
      request: Request,
      answer: (request: Request) => Promise<Answer>,
    ): Promise<Answer> => {
      requests[kind] += 1;
      if (dead) return new Promise(() => {});
      if (!open || fires('requestLost')) throw new Error('The request was lost.');
      const sent = structuredClone(request);
      if (fires('requestDoubled')) await answer(sent);
      const given = await answer(sent);
      if (dead) return new Promise(() => {});
      if (!open || fires('answerLost')) throw new Error('The answer was lost.');
      return structuredClone(given);
    };
    return {
      pull: (request) => call('pull', request, server.pull),
      push: (request) => call('push', request, server.push),
      page: (request) => call('page', request, server.page),
      async audit(request) {
        audits += 1;
        if (!open) throw new Error('The request was lost.');
        return server.audit(request);
      },
      close: () => end(false),
    };
  };

  const cutSilently = () => {
    for (const die of deaths) die();
    deaths.clear();
  };

  return {
    connect,
    setRefusal(reason) {
      refusal = reason;
      if (reason) for (const cut of [...cuts]) cut();
    },
    cutSilently,
    vanish() {
      vanished = true;
      cutSilently();
      return () => {
        vanished = false;
      };
    },
    online: () => online,
    onOnline(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setOnline(value) {
      online = value;
      if (!online) for (const cut of [...cuts]) cut();
      for (const listener of listeners) listener();
    },
    odds,
    fired,
    connects: () => connects,
    requests,
    audits: () => audits,
  };
}
