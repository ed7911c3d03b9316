/**
 * Imports begun in the browser: the zip comes in pieces to a file of this machine, then a process of its own carries it
 * out. Both go on after an interruption: an upload from what arrived, a run from its beginning, which adds only what is
 * missing.
 */
import type { Database } from '@parley/db';
import type { Publish } from '@parley/sync/server';
import type { Kysely } from 'kysely';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { audit, type Actor } from '../audit/audit.ts';
import { ApiError } from '../http/api-error.ts';
import { importsLog } from '../logger.ts';
import { mustAdminister } from '../organisations/administer.ts';
import type { ImportTask } from './import-process.ts';
import { DEFAULT_LIMITS } from './slack/archive.ts';
import type { ImportProgress, SlackImportReport } from './slack/import-slack.ts';
import type { ChangedScope } from './slack/locked-scopes.ts';

export interface ImportState {
  id: string;
  fileName: string;
  /** Size of the zip, and how much of it is here. */
  bytes: number;
  received: number;
  state: 'uploading' | 'running' | 'done' | 'failed';
  progress: ImportProgress | null;
  report: SlackImportReport | null;
  refusal: string | null;
}

export interface NewImport {
  orgId: string;
  fileName: string;
  bytes: number;
  withDirectMessages: boolean;
}

interface Asking {
  personId: string;
  importId: string;
}

export interface Imports {
  /** The newest import of an organisation. @throws ApiError `NOT_FOUND`, `FORBIDDEN` */
  newest(personId: string, orgId: string): Promise<ImportState | null>;
  /**
   * Begins an upload, or goes on with that of the same file.
   * @throws ApiError `NOT_FOUND`, `FORBIDDEN`, `IMPORT_TOO_LARGE`, `IMPORT_RUNNING`
   */
  start(actor: Actor & { personId: string }, wanted: NewImport): Promise<{ importId: string; received: number }>;
  /**
   * Takes the next piece; after the last one the import runs.
   * @returns bytes that are here now
   * @throws ApiError `NOT_FOUND`, `FORBIDDEN`, `WRONG_OFFSET`, `TOO_LARGE`
   */
  append(asking: Asking, offset: number, piece: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number>;
  /** Forgets an upload that is not finished. @throws ApiError `NOT_FOUND`, `FORBIDDEN` */
  discard(asking: Asking): Promise<void>;
  /** Takes up what a process that died left on this machine, and clears uploads that nobody finished. */
  takeUp(): Promise<void>;
  close(): Promise<void>;
}

/** Bytes of one piece at most. */
export const PIECE_BYTES = 8 * 1024 * 1024;
const FORGOTTEN_MS = 24 * 60 * 60 * 1000;

export interface ImportsOptions {
  db: Kysely<Database>;
  databaseUrl: string;
  /** Where archives lie until they are imported. */
  folder: string;
  publish: Publish;
}

export function createImports({ db, databaseUrl, folder, publish }: ImportsOptions): Imports {
  const running = new Map<string, ChildProcess>();
  /** What processes that ended have left to do. */
  const settling = new Set<Promise<void>>();
  let closing = false;
  const fileOf = (importId: string): string => join(folder, `${importId}.zip`);
  const columns = ['id', 'org_id', 'file_name', 'bytes', 'received', 'state', 'progress', 'report', 'refusal'] as const;

  function run(importId: string): void {
    if (closing || running.has(importId)) return;
    const worker = fork(new URL('./import-process.ts', import.meta.url), { execArgv: [], stdio: 'inherit' });
    running.set(importId, worker);
    importsLog.info({ importId }, 'an import runs');
    const task: ImportTask = { databaseUrl, importId, file: fileOf(importId) };
    // One that dies before it was told has an exit of its own.
    worker.send(task, () => undefined);
    worker.on('message', (changes) =>
      publish({
        changes: (changes as ChangedScope[]).map((change) => ({ ...change, rows: null, recipients: null })),
        lost: [],
      }),
    );
    worker.on('exit', (code, signal) => {
      running.delete(importId);
      if (code === 0 || closing) return settle(tidyUp(importId));
      importsLog.error({ code, signal, importId }, 'an import failed');
      settle(giveUp(importId));
    });
  }

  function settle(work: Promise<void>): void {
    const settled = work
      .catch((error: unknown) => importsLog.error({ err: error }, 'an import was not settled'))
      .finally(() => settling.delete(settled));
    settling.add(settled);
  }

  /** What went wrong is ours to look at; the person may try once more. */
  async function giveUp(importId: string): Promise<void> {
    await db
      .updateTable('slack_import')
      .set({ state: 'failed', progress: null, refusal: 'Something went wrong on the server. Try it once more.' })
      .where('id', '=', importId)
      .where('state', '=', 'running')
      .execute();
    await tidyUp(importId);
  }

  async function tidyUp(importId: string): Promise<void> {
    if (closing) return;
    const row = await db.selectFrom('slack_import').select('state').where('id', '=', importId).executeTakeFirst();
    if (row?.state === 'uploading' || row?.state === 'running') return;
    await rm(fileOf(importId), { force: true });
  }

  async function mustOwn({ personId, importId }: Asking) {
    const row = await db.selectFrom('slack_import').select(columns).where('id', '=', importId).executeTakeFirst();
    if (!row) throw noImport();
    await mustAdminister(db, personId, row.org_id);
    return row;
  }

  return {
    async newest(personId, orgId) {
      await mustAdminister(db, personId, orgId);
      const row = await db
        .selectFrom('slack_import')
        .select(columns)
        .where('org_id', '=', orgId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .executeTakeFirst();
      if (!row) return null;
      const { id, file_name: fileName, bytes, received, state, progress, report, refusal } = row;
      return { id, fileName, bytes, received, state, progress, report: report as SlackImportReport | null, refusal };
    },

    async start(actor, { orgId, fileName, bytes, withDirectMessages }) {
      const { personId } = actor;
      await mustAdminister(db, personId, orgId);
      if (bytes > DEFAULT_LIMITS.archiveBytes) {
        const limit = DEFAULT_LIMITS.archiveBytes / 1024 / 1024;
        throw new ApiError('IMPORT_TOO_LARGE', `An archive may have ${limit} MiB here; the command line takes more.`);
      }
      const opened = await db
        .selectFrom('slack_import')
        .select(columns)
        .where('org_id', '=', orgId)
        .where('state', 'in', ['uploading', 'running'])
        .executeTakeFirst();
      if (opened?.state === 'running') throw alreadyRunning();
      if (opened) {
        const here = await stat(fileOf(opened.id)).catch(() => null);
        const goesOn = opened.file_name === fileName && opened.bytes === bytes && (here?.size ?? 0) >= opened.received;
        if (goesOn) return { importId: opened.id, received: opened.received };
        await db.deleteFrom('slack_import').where('id', '=', opened.id).where('state', '=', 'uploading').execute();
        await rm(fileOf(opened.id), { force: true });
      }
      const importId = uuidv7();
      await db.transaction().execute(async (tx) => {
        const added = await tx
          .insertInto('slack_import')
          .values({
            id: importId,
            org_id: orgId,
            started_by: personId,
            file_name: fileName,
            bytes,
            with_direct_messages: withDirectMessages,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst();
        if (!added) throw alreadyRunning();
        await audit(tx, { kind: 'import_started', actor, orgId, details: { fileName } });
      });
      return { importId, received: 0 };
    },

    async append(asking, offset, piece) {
      const { importId } = asking;
      const row = await mustOwn(asking);
      if (row.state !== 'uploading') throw noImport();
      if (offset !== row.received) throw wrongOffset(row.received);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const received = offset + (await writePiece(fileOf(importId), offset, { piece, most: row.bytes - offset }));
      const isWhole = received === row.bytes;
      const { numUpdatedRows } = await db
        .updateTable('slack_import')
        .set({ received, updated_at: new Date(), ...(isWhole && { state: 'running' as const }) })
        .where('id', '=', importId)
        .where('received', '=', offset)
        .where('state', '=', 'uploading')
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw wrongOffset((await mustOwn(asking)).received);
      if (isWhole) run(importId);
      return received;
    },

    async discard(asking) {
      await mustOwn(asking);
      const { importId } = asking;
      await db.deleteFrom('slack_import').where('id', '=', importId).where('state', '=', 'uploading').execute();
      await tidyUp(importId);
    },

    async takeUp() {
      const stale = new Date(Date.now() - FORGOTTEN_MS);
      const forgotten = await db
        .deleteFrom('slack_import')
        .where('state', '=', 'uploading')
        .where('updated_at', '<', stale)
        .returning('id')
        .execute();
      for (const { id } of forgotten) await rm(fileOf(id), { force: true });
      const left = await db.selectFrom('slack_import').select('id').where('state', '=', 'running').execute();
      for (const { id } of left) {
        // Another machine's archive is another machine's to import.
        if (await stat(fileOf(id)).catch(() => null)) run(id);
      }
    },

    async close() {
      closing = true;
      const workers = [...running.values()];
      const ended = workers.map((worker) => once(worker, 'exit'));
      for (const worker of workers) worker.kill('SIGKILL');
      await Promise.all(ended);
      await Promise.all(settling);
    },
  };
}

/** @returns bytes written @throws ApiError `TOO_LARGE` */
async function writePiece(
  file: string,
  offset: number,
  { piece, most }: { piece: AsyncIterable<Uint8Array> | Iterable<Uint8Array>; most: number },
): Promise<number> {
  await using handle = await open(file, offset === 0 ? 'w' : 'r+', 0o600);
  let written = 0;
  for await (const chunk of piece) {
    if (written + chunk.byteLength > Math.min(most, PIECE_BYTES)) {
      throw new ApiError('TOO_LARGE', 'This piece is too large.', { status: 'PAYLOAD_TOO_LARGE' });
    }
    await handle.write(chunk, 0, chunk.byteLength, offset + written);
    written += chunk.byteLength;
  }
  await handle.datasync();
  return written;
}

const noImport = () => new ApiError('NOT_FOUND', 'There is no such import.', { status: 'NOT_FOUND' });
const alreadyRunning = () =>
  new ApiError('IMPORT_RUNNING', 'An import is running. Wait until it is done.', { status: 'CONFLICT' });
const wrongOffset = (received: number) =>
  new ApiError('WRONG_OFFSET', `The next piece begins at byte ${received}.`, { status: 'CONFLICT' });
