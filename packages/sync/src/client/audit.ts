/** In idle time, rarely: asks the server whether what is on this disk is what it has. Loaded when it is first needed. */
import { checksum } from '../checksum.ts';
import type { ScopeId } from '../mutator.ts';
import { SPEAKS } from '../limits.ts';
import type { AuditAnswer } from '../protocol.ts';
import type { Connection, ScopeState, Storage } from './ports.ts';
import type { Serial } from './serial.ts';

export interface Audited {
  connection: Connection;
  caller: { personId: string; clientId: string; incarnation: string | null };
  scope: ScopeId;
  serial: Serial;
  storage: Storage;
  /** Resolves when the disk holds what memory says. */
  written: () => Promise<void>;
  state: (scope: ScopeId) => ScopeState | undefined;
}

/** @returns whether the server has other rows than this device at the same version */
export async function differs({
  connection,
  caller,
  scope,
  serial,
  storage,
  written,
  state,
}: Audited): Promise<boolean> {
  const { incarnation, ...who } = caller;
  let held: ScopeState | undefined;
  let answer: Promise<AuditAnswer> | undefined;
  await serial.run(async () => {
    await written();
    held = state(scope);
    if (!held || incarnation === null) return;
    const { version, epoch, low } = held;
    // Of scopes without places too: a row there may have a `seq` that means something else.
    const [others, places] = await Promise.all([
      storage.scopeRows(scope),
      storage.pagedRows(scope, Number.MAX_SAFE_INTEGER, 100_000),
    ]);
    const rows = [...others, ...places];
    const sum = checksum(rows.map((row) => [row.table, row.id, row.version] as const));
    answer = connection.audit({ ...SPEAKS, ...who, incarnation, scope, epoch, version, low, ...sum });
  });
  return (await answer)?.kind === 'differs' && state(scope)?.version === held?.version;
}
