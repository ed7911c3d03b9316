/** Answers what is new, all of it as of one moment. Rules: SPEC.md, [PULL1] and on, [PAGE1] and on. */
import type { ScopeId, TableMap } from '../mutator.ts';
import {
  LIMITS,
  type PageAnswer,
  type PageRequest,
  type PullRequest,
  type PullResponse,
  type ScopeAnswer,
} from '../protocol.ts';
import { RequestError } from './errors.ts';
import type { Delta, ScopeState, StorageSnapshot } from './storage.ts';
import type { SyncServerOptions } from './sync-server.ts';

/** Places of all windows of one answer; beyond it scopes get their heads only, the rest comes by page. */
const WINDOW_PLACES = 50_000;

export async function pull<Tables extends TableMap, Native>(
  { storage, interest, isPaged, now }: SyncServerOptions<Tables, Native>,
  personId: string,
  request: PullRequest,
): Promise<PullResponse> {
  if (request.scopes.length > LIMITS.pullScopes) throw new RequestError('TOO_LARGE', 'These are too many scopes.');
  const incarnation = await storage.incarnation();
  const isOfAnotherLife = request.incarnation !== null && request.incarnation !== incarnation;
  const asks = [...new Map(request.scopes.map((ask) => [ask.scope, ask])).values()];
  const scopes = asks.map(({ scope }) => scope);
  const readable = new Set<ScopeId>();
  const settle = interest?.begin(personId, request.clientId, scopes);
  const answers = await storage
    .snapshot(async (snapshot) => {
      const states = await snapshot.readable(personId, scopes);
      for (const scope of states.keys()) readable.add(scope);
      const judged = asks.map((ask) => judge(ask, { state: states.get(ask.scope), isPaged, isOfAnotherLife }));
      return fill(snapshot, judged, isPaged);
    })
    .finally(() => settle?.(readable));
  return { incarnation, serverTime: now(), answers };
}

type Ask = PullRequest['scopes'][number];

/** What a scope's answer will be: settled already, or still to be read. */
type Judged =
  | { kind: 'settled'; answer: ScopeAnswer }
  | { kind: 'delta' | 'window'; scope: ScopeId; from: number; window: number; state: ScopeState };

function judge(
  { scope, from, epoch, window = 0 }: Ask,
  about: { state: ScopeState | undefined; isPaged: (scope: ScopeId) => boolean; isOfAnotherLife: boolean },
): Judged {
  const { state } = about;
  if (!state) return { kind: 'settled', answer: { scope, kind: 'forbidden' } };
  if (from === null) return { kind: about.isPaged(scope) ? 'window' : 'delta', scope, from: 0, window, state };
  const isMeaningless = epoch !== state.epoch || from > state.version || from < state.floor;
  if (about.isOfAnotherLife || isMeaningless) return { kind: 'settled', answer: { scope, kind: 'reset' } };
  if (from === state.version) return { kind: 'settled', answer: delta(scope, state, { from, rows: [], to: null }) };
  return { kind: 'delta', scope, from, window, state };
}

async function fill(
  snapshot: StorageSnapshot,
  judged: readonly Judged[],
  isPaged: (scope: ScopeId) => boolean,
): Promise<ScopeAnswer[]> {
  const wanted = judged.flatMap((item) => (item.kind === 'delta' ? [{ scope: item.scope, from: item.from }] : []));
  const deltas = wanted.length > 0 ? await snapshot.deltas(wanted, LIMITS.deltaRows) : new Map<ScopeId, Delta>();
  const isTooFar = (scope: ScopeId) => isPaged(scope) && typeof deltas.get(scope)?.to === 'number';

  let places = WINDOW_PLACES;
  const lows = new Map<ScopeId, number>();
  for (const item of judged) {
    if (item.kind === 'settled' || (item.kind === 'delta' && !isTooFar(item.scope))) continue;
    const window = Math.min(item.window, LIMITS.pageRows, item.state.seq, places);
    places -= window;
    lows.set(item.scope, Math.max(1, item.state.seq - window + 1));
  }
  const windows =
    lows.size > 0
      ? await snapshot.windows(
          [...lows].map(([scope, low]) => ({ scope, low, before: Number.MAX_SAFE_INTEGER, head: true })),
        )
      : new Map<ScopeId, []>();

  return judged.map((item): ScopeAnswer => {
    if (item.kind === 'settled') return item.answer;
    const { scope, state } = item;
    const low = lows.get(scope);
    if (low !== undefined) {
      const { epoch, version } = state;
      return { scope, kind: 'truncated', epoch, to: version, low, rows: windows.get(scope) ?? [] };
    }
    return delta(scope, state, { from: item.from, ...(deltas.get(scope) ?? { rows: [], to: null }) });
  });
}

const delta = (
  scope: ScopeId,
  { epoch, version }: ScopeState,
  { from, rows, to }: Delta & { from: number },
): ScopeAnswer => ({
  scope,
  kind: 'delta',
  epoch,
  from,
  to: to ?? version,
  rows,
  more: to !== null && to < version,
});

export async function page<Tables extends TableMap, Native>(
  { storage, isPaged }: SyncServerOptions<Tables, Native>,
  personId: string,
  { scope, incarnation: known, epoch, before, limit }: PageRequest,
): Promise<PageAnswer> {
  const incarnation = await storage.incarnation();
  return storage.snapshot(async (snapshot): Promise<PageAnswer> => {
    const state = (await snapshot.readable(personId, [scope])).get(scope);
    if (!state || !isPaged(scope)) return { kind: 'forbidden' };
    if (known !== incarnation || epoch !== state.epoch) return { kind: 'reset' };
    const top = Math.min(before, state.seq + 1);
    const low = Math.max(1, top - Math.min(limit, LIMITS.pageRows));
    const rows = (await snapshot.windows([{ scope, low, before: top, head: false }])).get(scope) ?? [];
    return { kind: 'page', incarnation, epoch, version: state.version, low, rows };
  });
}
