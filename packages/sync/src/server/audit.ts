/** Compares what a client holds with what there is. Rules: SPEC.md, [AUD1] and on. */
import { checksum } from '../checksum.ts';
import type { ScopeId, TableMap } from '../mutator.ts';
import type { AuditAnswer, AuditRequest } from '../protocol.ts';
import type { SyncServerOptions } from './sync-server.ts';

/** A client whose rows are not the server's although its cursor says so: a mistake of ours, to go and look at. */
export interface Divergence {
  personId: string;
  clientId: string;
  scope: ScopeId;
  version: number;
  low: number | null;
  client: { count: number; sum: string };
  server: { count: number; sum: string };
}

export async function audit<Tables extends TableMap, Native>(
  { storage, onDivergence }: SyncServerOptions<Tables, Native>,
  personId: string,
  request: AuditRequest,
): Promise<AuditAnswer> {
  const { scope, version, low, count, sum, clientId } = request;
  const incarnation = await storage.incarnation();
  const rows = await storage.snapshot(async (snapshot) => {
    const state = (await snapshot.readable(personId, [scope])).get(scope);
    const isSame = incarnation === request.incarnation && state?.epoch === request.epoch && state.version === version;
    if (!isSame) return null;
    const whole = { scope, low: low ?? 0, before: Number.MAX_SAFE_INTEGER, head: true };
    return (await snapshot.windows([whole])).get(scope) ?? [];
  });
  if (!rows) return { kind: 'moved' };
  const server = checksum(rows.map(([table, id, rowVersion]) => [table, id, rowVersion] as const));
  if (server.count === count && server.sum === sum) return { kind: 'agrees' };
  onDivergence({ personId, clientId, scope, version, low, client: { count, sum }, server });
  return { kind: 'differs' };
}
