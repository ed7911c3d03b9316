/** A thread as a file: a page to read, or data for other programs. */
import { notify } from '@parley/ui';
import { saveText } from '../accounts/save-text.ts';
import type { ParleyEngine } from '../sync/engine-provider.tsx';
import { copyThread } from './copy-thread.ts';
import { fileName } from './file-name.ts';
import { exportedPage } from './page.ts';
import { ThreadDocument } from './thread-document.tsx';
import { FORMAT_VERSION, threadJson } from './thread-json.ts';

export async function exportThread(
  { engine, personId, threadId }: { engine: ParleyEngine; personId: string; threadId: string },
  format: 'html' | 'json',
): Promise<void> {
  const copy = await copyThread({ engine, personId }, threadId);
  if (copy === undefined) return void notify('This thread is not on this device.', { tone: 'bad' });
  const { subject } = copy.thread;
  const at = Date.now();
  if (format === 'html') {
    const page = exportedPage(subject, <ThreadDocument copy={copy} readerId={personId} at={at} />);
    saveText(page, { name: fileName(subject, 'html'), type: 'text/html' });
  } else {
    const data = { format: 'parley', version: FORMAT_VERSION, exportedAt: new Date(at), threads: [threadJson(copy)] };
    saveText(`${JSON.stringify(data, null, 2)}\n`, { name: fileName(subject, 'json'), type: 'application/json' });
  }
  notify(
    copy.complete ? 'Saved as a file' : 'Saved as a file, without the oldest messages: they are not on this device',
  );
}
