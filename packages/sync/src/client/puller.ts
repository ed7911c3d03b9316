/**
 * Brings scopes up to date. Pokes and answers only say what to look at; this keeps asking, one request at a time, until
 * nothing is wanted any more, so a lost or doubled answer costs time and never data.
 */
import type { ScopeId } from '../mutator.ts';
import { LIMITS, SPEAKS } from '../limits.ts';
import type { PageAnswer, ScopeAnswer, WireRow } from '../protocol.ts';
import { Backoff, type Retry } from './backoff.ts';
import { placeOf } from './places.ts';
import type { Connection, ScopeChange, ScopeState, StoredRow, Timers } from './ports.ts';

/** Scopes in one request: small enough that the first answers are on the screen soon. */
const SCOPES_AT_ONCE = 500;
/** A late page is fetched again this often before it is left for later. */
const PAGE_TRIES = 5;

export interface PullerOptions {
  timers: Timers;
  retry?: Retry | undefined;
  connection: () => Connection | null;
  caller: () => { personId: string; clientId: string; incarnation: string | null };
  state: (scope: ScopeId) => ScopeState | undefined;
  isPaged: (scope: ScopeId) => boolean;
  /** Newest places to ask for when a paged scope starts from nothing; 0 for its head alone. */
  windowFor: (scope: ScopeId) => number;
  /** Takes in the changes that `build` makes of the cursors as they are then; resolves when views show them. */
  apply: (build: () => ScopeChange[]) => Promise<void>;
  onIncarnation: (incarnation: string) => Promise<void>;
  onForbidden: (scope: ScopeId) => void;
  /** Nothing is wanted any more. */
  onIdle: () => void;
}

export class Puller {
  readonly #options: PullerOptions;
  readonly #wanted = new Set<ScopeId>();
  /** Asked for, and not yet answered. */
  #asked: ReadonlySet<ScopeId> = new Set();
  readonly #backoff: Backoff;
  #pulling = false;

  constructor(options: PullerOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.timers, options.retry);
  }

  get idle(): boolean {
    return !this.#pulling && this.#wanted.size === 0;
  }

  want(scopes: Iterable<ScopeId>): void {
    for (const scope of scopes) this.#wanted.add(scope);
    void this.run();
  }

  /** Forgets what was wanted: the connection is gone, the next one starts with the whole vector. */
  clear(): void {
    this.#wanted.clear();
  }

  async run(): Promise<void> {
    if (this.#pulling) return;
    this.#pulling = true;
    try {
      while (this.#wanted.size > 0 && this.#options.connection() && !this.#backoff.waiting) await this.#pull();
    } finally {
      this.#pulling = false;
    }
    if (this.#wanted.size === 0) this.#options.onIdle();
  }

  /** What a poke brings: its rows where the cursor is just below them; else nothing, and the scope is asked for. */
  poke(scope: ScopeId, from: number, to: number, rows: readonly WireRow[] | null): ScopeChange[] {
    const state = this.#options.state(scope);
    // A poke may overtake the answer that makes its scope known, which is then older than the poke.
    if (!state && this.#asked.has(scope)) this.want([scope]);
    if (!state || state.version >= to) return [];
    if (!rows || state.version !== from) {
      this.want([scope]);
      return [];
    }
    return [{ scope, purge: false, state: { ...state, version: to }, rows: held(state, rows) }];
  }

  /** Fetches up to `places` places below what is held. @returns false where that is not possible now. */
  async page(scope: ScopeId, places: number): Promise<boolean> {
    for (let tries = 0; tries < PAGE_TRIES; tries += 1) {
      const connection = this.#options.connection();
      const state = this.#options.state(scope);
      const { incarnation, ...caller } = this.#options.caller();
      if (!connection || !incarnation || state?.low == null) return false;
      if (state.low <= 1) return true;
      const answer = await connection
        .page({
          ...SPEAKS,
          ...caller,
          incarnation,
          scope,
          epoch: state.epoch,
          before: state.low,
          limit: Math.min(places, LIMITS.pageRows),
        })
        .catch(() => null);
      if (!answer) return false;
      let late = false;
      await this.#options.apply(() => {
        const change = this.#fromPage(scope, state, answer);
        late = change === null;
        return change ? [change] : [];
      });
      if (!late) return true;
    }
    return false;
  }

  /** `null`: late, ask again. */
  #fromPage(scope: ScopeId, asked: ScopeState, answer: PageAnswer): ScopeChange | null {
    const state = this.#options.state(scope);
    if (answer.kind === 'forbidden') return this.#forbidden(scope);
    if (answer.kind === 'reset') {
      this.want([scope]);
      return null;
    }
    const late = !state || answer.version < state.version || answer.epoch !== state.epoch || state.low !== asked.low;
    if (late) return null;
    const rows = answer.rows.map((row) => toStored(scope, row));
    return { scope, purge: false, state: { ...state, low: answer.low }, rows };
  }

  async #pull(): Promise<void> {
    const scopes = [...this.#wanted].slice(0, SCOPES_AT_ONCE);
    for (const scope of scopes) this.#wanted.delete(scope);
    this.#asked = new Set(scopes);
    const { incarnation, ...caller } = this.#options.caller();
    const connection = this.#options.connection();
    const answer = await connection
      ?.pull({
        ...SPEAKS,
        ...caller,
        incarnation,
        scopes: scopes.map((scope) => {
          const state = this.#options.state(scope);
          return {
            scope,
            from: state?.version ?? null,
            epoch: state?.epoch ?? null,
            ...(this.#options.isPaged(scope) ? { window: this.#options.windowFor(scope) } : {}),
          };
        }),
      })
      .catch(() => null);
    if (!answer) {
      for (const scope of scopes) this.#wanted.add(scope);
      this.#backoff.again(() => void this.run());
      return;
    }
    this.#backoff.reset();
    if (answer.incarnation !== incarnation) await this.#options.onIncarnation(answer.incarnation);
    await this.#options.apply(() => {
      this.#asked = new Set();
      return answer.answers.flatMap((one) => this.#fromAnswer(one) ?? []);
    });
  }

  #fromAnswer(answer: ScopeAnswer): ScopeChange | null {
    const { scope } = answer;
    const state = this.#options.state(scope);
    if (answer.kind === 'forbidden') return this.#forbidden(scope);
    if (answer.kind === 'reset') {
      this.#wanted.add(scope);
      return { scope, purge: true, state: null, rows: [] };
    }
    const rows = answer.rows.map((row) => toStored(scope, row));
    const { epoch, to } = answer;
    if (answer.kind === 'truncated') {
      if (state && to < state.version) return this.#again(scope);
      return { scope, purge: true, state: { scope, version: to, epoch, low: answer.low }, rows };
    }
    if (answer.more) this.#wanted.add(scope);
    if (!state && answer.from === 0)
      return { scope, purge: true, state: { scope, version: to, epoch, low: null }, rows };
    if (!state || answer.from > state.version || epoch !== state.epoch) return this.#again(scope);
    if (to <= state.version) return null;
    return { scope, purge: false, state: { ...state, version: to }, rows: held(state, answer.rows) };
  }

  #forbidden(scope: ScopeId): ScopeChange {
    this.#options.onForbidden(scope);
    return { scope, purge: true, state: null, rows: [] };
  }

  #again(scope: ScopeId): null {
    this.#wanted.add(scope);
    return null;
  }
}

/** Rows that a scope's cursor is to move over. What lies below `low` is not held, and comes by page. */
const held = ({ scope, low }: ScopeState, rows: readonly WireRow[]): StoredRow[] =>
  rows.filter(([, , , data]) => low === null || (placeOf(data) ?? low) >= low).map((row) => toStored(scope, row));

const toStored = (scope: ScopeId, [table, id, version, data]: WireRow): StoredRow => ({
  scope,
  table,
  id,
  version,
  data,
});
