/** What a person holds: the simplest client that keeps to the protocol, to compare ways of arriving at a state. */
import { LIMITS, type ScopeAnswer, type WireRow } from '@parley/sync/protocol';
import type { ScopeChange } from '@parley/sync/server';
import type { TestClient } from './acme.fixture.ts';

interface HeldScope {
  version: number;
  epoch: number;
  /** `<table> <id>` → version and data; rows without data are gone. */
  rows: Map<string, { version: number; data: object }>;
}

export class Replica {
  readonly #client: TestClient;
  readonly #held = new Map<string, HeldScope>();

  constructor(client: TestClient) {
    this.#client = client;
  }

  get scopes(): string[] {
    return [...this.#held.keys()].sort();
  }

  /** Plain, for comparing: what is held, where, and up to which version. */
  get state(): unknown {
    return this.scopes.map((scope) => {
      const { version, epoch, rows } = this.#held.get(scope) as HeldScope;
      return { scope, version, epoch, rows: [...rows].toSorted(([a], [b]) => a.localeCompare(b)) };
    });
  }

  versionOf(scope: string): number | undefined {
    return this.#held.get(scope)?.version;
  }

  /** Pulls these scopes from wherever it stands, until nothing is new. */
  async pull(scopes: readonly string[]): Promise<void> {
    let open = [...scopes];
    while (open.length > 0) {
      const asks = open.map((scope) => {
        const held = this.#held.get(scope);
        return { scope, from: held?.version ?? null, epoch: held?.epoch ?? null, window: LIMITS.pageRows };
      });
      const answers = await this.#client.pull(...asks);
      open = answers.filter((answer) => this.#apply(answer)).map(({ scope }) => scope);
    }
  }

  /** A poke with rows, which is taken only where it continues what is held. */
  poke({ scope, from, to, rows }: ScopeChange): void {
    const held = this.#held.get(scope);
    if (!held || !rows || held.version !== from) return;
    merge(held, rows);
    held.version = to;
  }

  /** Whether the scope is to be asked for again. */
  #apply(answer: ScopeAnswer): boolean {
    const { scope } = answer;
    if (answer.kind === 'forbidden' || answer.kind === 'reset') {
      this.#held.delete(scope);
      return answer.kind === 'reset';
    }
    const { to: version, epoch } = answer;
    const held = answer.kind === 'truncated' ? undefined : this.#held.get(scope);
    const next = held ?? { version, epoch, rows: new Map() };
    merge(next, answer.rows);
    this.#held.set(scope, { ...next, version, epoch });
    return answer.kind === 'delta' && answer.more;
  }
}

function merge({ rows }: HeldScope, changed: readonly WireRow[]): void {
  for (const [table, id, version, data] of changed) {
    const key = `${table} ${id}`;
    if (version < (rows.get(key)?.version ?? 0)) continue;
    if (data === null) rows.delete(key);
    else rows.set(key, { version, data });
  }
}
