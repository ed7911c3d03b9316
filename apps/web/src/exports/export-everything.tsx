/** Everything a person may see, as one archive: a page to read for each thread, and all of it as data. */
import { orgScope, userScope } from '@parley/core/scopes';
import { Zip, ZipDeflate } from 'fflate';
import type { ParleyEngine } from '../sync/engine-provider.tsx';
import { copyThread } from './copy-thread.ts';
import { fileName } from './file-name.ts';
import { exportedPage } from './page.ts';
import { ThreadDocument } from './thread-document.tsx';
import { FORMAT_VERSION, threadJson } from './thread-json.ts';

export interface Exported {
  archive: Blob;
  /** Threads whose oldest messages are missing, since they are not on this device and the server was away. */
  incomplete: number;
}

/**
 * @param onThread told the number of threads that are done
 * @throws the signal's reason once it is aborted
 */
export async function exportEverything(
  { engine, personId }: { engine: ParleyEngine; personId: string },
  onThread: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<Exported> {
  const at = Date.now();
  const archive = new Archive(at);
  const own = userScope(personId);
  const threadIds = engine
    .rows(own, 'participation')
    .filter(({ data }) => data.leftAt === null)
    .map(({ id }) => id);
  const data: object[] = [];
  const index: { subject: string; file: string; complete: boolean }[] = [];
  for (const threadId of threadIds) {
    onThread(index.length, threadIds.length);
    const copy = await copyThread({ engine, personId }, threadId);
    signal.throwIfAborted();
    if (copy === undefined) continue;
    const { subject } = copy.thread;
    const file = `threads/${String(index.length + 1).padStart(4, '0')} ${fileName(subject, 'html')}`;
    archive.add(file, exportedPage(subject, <ThreadDocument copy={copy} readerId={personId} at={at} />));
    index.push({ subject, file, complete: copy.complete });
    data.push(threadJson(copy));
  }
  const rowsOf = (table: 'draft' | 'scheduled' | 'saved' | 'membership' | 'settings' | 'threadSetting') =>
    engine.rows(own, table).map(({ id, data: row }) => ({ id, ...row }));
  const all = {
    format: 'parley',
    version: FORMAT_VERSION,
    exportedAt: new Date(at),
    person: personId,
    organisations: rowsOf('membership').map((row) => ({
      ...row,
      name: engine.row(orgScope(row.id), 'org', row.id)?.data.name ?? null,
    })),
    threads: data,
    drafts: rowsOf('draft'),
    scheduled: rowsOf('scheduled'),
    saved: rowsOf('saved'),
    settings: rowsOf('settings'),
    threadSettings: rowsOf('threadSetting'),
    notSent: engine
      .items()
      .filter(({ state }) => state !== 'applied')
      .map(({ name, args, at: when, message }) => ({ name, args, at: new Date(when), refused: message })),
  };
  archive.add('everything.json', `${JSON.stringify(all, null, 2)}\n`);
  archive.add(
    'index.html',
    exportedPage(
      'Parley',
      <main>
        <h1>Everything in Parley</h1>
        <ul>
          {index.map(({ subject, file, complete }) => (
            <li key={file}>
              <a href={encodeURI(file)}>{subject}</a>
              {complete ? null : <span className="quiet"> (without the oldest messages)</span>}
            </li>
          ))}
        </ul>
      </main>,
    ),
  );
  return {
    archive: archive.end(),
    incomplete: index.filter(({ complete }) => !complete).length,
  };
}

class Archive {
  readonly #parts: BlobPart[] = [];
  readonly #zip: Zip;
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
    this.#zip = new Zip((error, bytes) => {
      if (error) throw error;
      this.#parts.push(bytes);
    });
  }

  add(name: string, text: string): void {
    const file = new ZipDeflate(name);
    file.mtime = this.#at;
    this.#zip.add(file);
    file.push(new TextEncoder().encode(text), true);
  }

  end(): Blob {
    this.#zip.end();
    return new Blob(this.#parts, { type: 'application/zip' });
  }
}
