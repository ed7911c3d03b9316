/**
 * What a mutator is: one body that runs twice, at once on the client over its replica and for good on the server
 * under the locks of the scopes it names. This module is all that `packages/core` needs of the engine.
 */

/** The unit of ordering and of permission, such as `thread:0198…`. Its parts are the program's own affair. */
export type ScopeId = string;

/** Synced tables of a program: name → the shape of one row's data (plain JSON). */
export type TableMap = Record<string, object>;

/**
 * A row that has a place in a paged scope (`thread:T`): a number from `nextSeq`, or that of the row it hangs on.
 * `null` while the server has not given it one; such rows come last.
 */
export interface PagedRow {
  seq: number | null;
}

/** The only way a mutator reads and writes. */
export interface MutatorTx<Tables extends TableMap> {
  /** `client` while the person waits for nothing, `server` where it counts. */
  readonly side: 'client' | 'server';
  /** Who acts. Comes from the session, never from the arguments. */
  readonly personId: string;
  /** Milliseconds since 1970. On the server the server's clock; on the client only a label until the answer comes. */
  readonly now: number;
  /** A row as this transaction sees it, its own writes included; `undefined` where there is none or it is deleted. */
  get<T extends keyof Tables & string>(table: T, scope: ScopeId, id: string): Promise<Tables[T] | undefined>;
  /** Writes a whole row. A row of a paged scope carries its place as `seq`, see `PagedRow`. */
  put<T extends keyof Tables & string>(table: T, scope: ScopeId, id: string, row: Tables[T]): void;
  /** Leaves a tombstone without content. */
  remove<T extends keyof Tables & string>(table: T, scope: ScopeId, id: string): void;
  /** The next place in a paged scope; `null` on the client, where a place is not yet known. */
  nextSeq(scope: ScopeId): number | null;
  /** One row of work to be done after commit, by the worker. The client ignores it. */
  enqueue(job: string, payload: object): void;
}

/** The scopes a mutator touches; known from its arguments alone, so that all locks are taken before anything is read. */
export interface MutatorScopes {
  /** Locked and given a new version. */
  readonly write: readonly ScopeId[];
  /** Locked only. The actor's own scope is always added by the server. */
  readonly lock?: readonly ScopeId[];
  /** Must not exist yet; made by this mutation, and written. */
  readonly create?: readonly ScopeId[];
  /** Like `write`; one that does not exist yet is made with its first row. */
  readonly ensure?: readonly ScopeId[];
}

export interface Mutator<Tables extends TableMap, Args = unknown> {
  readonly name: string;
  /** Raised when the arguments change shape or meaning. */
  readonly version: number;
  /**
   * Nothing that a person would call a change, such as how far they have read: that it waits is not counted, and that it
   * was refused is not told.
   */
  readonly silent?: true;
  /** Earlier versions, which may wait in the queues of clients: kept for 90 days after the last client made one. */
  readonly former?: readonly Mutator<Tables>[];
  /** Their schema: checks and narrows untrusted arguments, and throws on anything else. */
  readonly args: { parse(args: unknown): Args };
  /** Order holds inside a lane; lanes never wait for each other. */
  lane(args: Args, personId: string): string;
  scopes(args: Args, personId: string): MutatorScopes;
  /** Throws `Refusal` to refuse; whatever it wrote before is then forgotten. */
  run(tx: MutatorTx<Tables>, args: Args): Promise<void>;
  /**
   * One act that does what both do; `undefined` where there is none. It takes the place of an earlier one of the same
   * lane that has never been sent. For what is done again and again while somebody types: nobody is told how many wait.
   */
  join?(earlier: Args, later: Args): Args | undefined;
}

/** A mutator as the engine holds it, its arguments' type forgotten. */
export type AnyMutator<Tables extends TableMap> = Mutator<Tables>;

/** Mutators by name. */
export type MutatorMap<Tables extends TableMap> = Readonly<Record<string, AnyMutator<Tables>>>;

/** The mutator that a mutation was made with, which may be a former one. */
export function mutatorOf<Tables extends TableMap>(
  mutators: MutatorMap<Tables>,
  name: string,
  version: number,
): AnyMutator<Tables> | undefined {
  const current = Object.hasOwn(mutators, name) ? mutators[name] : undefined;
  return current?.version === version ? current : current?.former?.find((former) => former.version === version);
}

/** The arguments of one mutator of a map. */
export type ArgsOf<M> = M extends { args: { parse(args: unknown): infer Args } } ? Args : never;

/**
 * A mutation that the rules refuse for good. Not an error of the program: it travels to the person as a code, and what
 * they typed is kept.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Stable, for programs: `not_found`, `forbidden`, `id_taken`, … */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
