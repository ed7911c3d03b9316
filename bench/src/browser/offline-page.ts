/** The page of a minimal offline app: its files come from its service worker, its messages from plain Dexie. */
import { Dexie } from 'dexie';
import { messagesByThread } from './messages.ts';

const database = new Dexie('peer', { chromeTransactionDurability: 'relaxed' });
database.version(1).stores({ messages: 'id, [scope+data.seq]' });
const messages = database.table('messages');

/** Installs the app and keeps so many messages. */
Object.assign(globalThis, {
  async fill(count: number) {
    await navigator.serviceWorker.register('/sw.js');
    await navigator.serviceWorker.ready;
    const threads = messagesByThread(count, count / 100);
    for (const { rows } of threads) await messages.bulkAdd(rows);
    localStorage.setItem('last', threads[0]?.scope ?? '');
  },
});

const scope = localStorage.getItem('last');
if (scope !== null) {
  const newest = await messages
    .where('[scope+data.seq]')
    .between([scope, Dexie.minKey], [scope, Dexie.maxKey])
    .reverse()
    .limit(50)
    .toArray();
  const lines = newest.reverse().map(({ data }) => {
    const line = document.createElement('p');
    line.textContent = data.text;
    return line;
  });
  document.querySelector('[role=feed]')?.replaceChildren(...lines);
}
