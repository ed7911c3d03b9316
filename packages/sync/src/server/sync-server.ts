/** The server half of the engine: takes pushes, answers pulls, and lets the server itself act by the same rules. */
import type { MutatorMap, MutatorScopes, MutatorTx, ScopeId, TableMap } from '../mutator.ts';
import type {
  AuditAnswer,
  AuditRequest,
  PageAnswer,
  PageRequest,
  PullRequest,
  PullResponse,
  PushRequest,
  PushResponse,
} from '../protocol.ts';
import { audit, type Divergence } from './audit.ts';
import type { Publish } from './commit.ts';
import type { Interest } from './live.ts';
import { page, pull } from './pull.ts';
import { createPush } from './push.ts';
import type { ServerStorage } from './storage.ts';
import { admit, THESE_VERSIONS, translated, type Handshake, type Versions } from './versions.ts';
import { Ledger, NOBODY, toCommit } from './write.ts';

export interface SyncServerOptions<Tables extends TableMap, Native> {
  storage: ServerStorage<Native>;
  mutators: MutatorMap<Tables>;
  /** Called after each commit; must neither throw nor wait. */
  publish: Publish;
  /** Follows what each client pulls, see `createHub`. Without it nobody is poked. */
  interest?: Interest;
  /** Scopes whose rows have places and come in windows and pages. */
  isPaged: (scope: ScopeId) => boolean;
  /** The scope of a person's own rows, which every write of theirs locks. */
  ownScope: (personId: string) => ScopeId;
  /** Milliseconds since 1970. */
  now: () => number;
  versions: Versions;
  /** Hears of clients whose rows are not the server's. Must not throw. */
  onDivergence: (divergence: Divergence) => void;
  /** Calls back when what arrives at the same time has arrived. */
  gather: (begin: () => void) => void;
}

type Defaulted = 'now' | 'versions' | 'onDivergence' | 'gather';

/** `personId` is always that of the session; a request that names another is refused with `WRONG_ACCOUNT`. */
export interface SyncServer<Tables extends TableMap, Native> {
  /** @throws RequestError; anything else means that what was not answered is to be sent again */
  push(personId: string, request: PushRequest): Promise<PushResponse>;
  /** @throws RequestError */
  pull(personId: string, request: PullRequest): Promise<PullResponse>;
  /** @throws RequestError */
  page(personId: string, request: PageRequest): Promise<PageAnswer>;
  /** @throws RequestError */
  audit(personId: string, request: AuditRequest): Promise<AuditAnswer>;
  /** Judges the handshake of a stream. @throws RequestError. @returns whether its pokes must be bare */
  admit(personId: string, handshake: Handshake): { bare: boolean };
  /**
   * Lets the server write synced rows, for a person or (`null`) for nobody, in one transaction with whatever else `run`
   * does through `native`. What `tx` writes reaches the database after `run`; `run` is called again if the database
   * asks for it, so it has no outside effects.
   * @throws Refusal `not_found` where a scope is missing, `id_taken` where one to be made exists, and what `run` throws
   */
  act<R>(
    actorId: string | null,
    scopes: MutatorScopes,
    run: (tx: MutatorTx<Tables>, native: Native) => Promise<R>,
  ): Promise<R>;
}

export function createSyncServer<Tables extends TableMap, Native>(
  given: Omit<SyncServerOptions<Tables, Native>, Defaulted> &
    Partial<Pick<SyncServerOptions<Tables, Native>, Defaulted>>,
): SyncServer<Tables, Native> {
  const options: SyncServerOptions<Tables, Native> = {
    now: Date.now,
    versions: THESE_VERSIONS,
    onDivergence: () => {},
    gather: setImmediate,
    ...given,
  };
  const { storage, versions } = options;
  const push = createPush(options);
  return {
    async push(personId, request) {
      admit(versions, personId, request);
      return push(personId, request);
    },
    async pull(personId, request) {
      const translate = admit(versions, personId, request);
      const response = await pull(options, personId, request);
      if (!translate) return response;
      return { ...response, answers: response.answers.map((answer) => translated(answer, translate)) };
    },
    async page(personId, request) {
      const translate = admit(versions, personId, request);
      const answer = await page(options, personId, request);
      return translate && answer.kind === 'page' ? { ...answer, rows: answer.rows.map(translate) } : answer;
    },
    async audit(personId, request) {
      admit(versions, personId, request);
      return audit(options, personId, request);
    },
    admit: (personId, handshake) => ({ bare: admit(versions, personId, handshake) !== null }),
    async act<R>(
      actorId: string | null,
      scopes: MutatorScopes,
      run: (tx: MutatorTx<Tables>, native: Native) => Promise<R>,
    ): Promise<R> {
      const actor = {
        personId: actorId ?? NOBODY,
        ownScope: actorId === null ? null : options.ownScope(actorId),
        now: options.now(),
      };
      const { value, commit } = await storage.write(async (tx) => {
        const act = { actor, scopes, run: (writes: MutatorTx<Tables>) => run(writes, tx.native) };
        const ledger = await Ledger.open<Tables, Native>(tx, [act]);
        const { writes, value } = await ledger.carryOut(act);
        const [recipients] = await tx.flush({ acts: [writes], lanes: [], results: [] });
        return { value, commit: toCommit(storage, writes, recipients) };
      });
      options.publish(commit);
      return value;
    },
  };
}
