import type { MessageRow } from '@parley/core/messages';
import { threadScope } from '@parley/core/scopes';
import { useEffect, useState } from 'react';
import type { ParleyEngine } from '../sync/engine-provider.tsx';
import { useEngine } from '../sync/engine-provider.tsx';

export type StoredMessage = { state: 'looking' } | { state: 'found'; message: MessageRow } | { state: 'elsewhere' };

/** Pages that are fetched at most to find one message that is not asked for by name. */
const PAGES = 20;

/** A message of any thread: from this device, else fetched while there is a connection; `elsewhere` where it is not to be had. */
export function useStoredMessage(threadId: string, messageId: string, place: number | null): StoredMessage {
  const engine = useEngine();
  const [stored, setStored] = useState<StoredMessage>({ state: 'looking' });
  useEffect(() => {
    let here = true;
    void find(engine, { threadId, messageId, place }).then((message) => {
      if (here) setStored(message === undefined ? { state: 'elsewhere' } : { state: 'found', message });
    });
    return () => {
      here = false;
    };
  }, [engine, threadId, messageId, place]);
  return stored;
}

async function find(
  engine: ParleyEngine,
  { threadId, messageId, place }: { threadId: string; messageId: string; place: number | null },
): Promise<MessageRow | undefined> {
  const scope = threadScope(threadId);
  const held = await engine.read(scope, 'message', messageId);
  if (held || place === null) return held;
  const close = engine.open(scope);
  try {
    for (let page = 0; page < PAGES && engine.window(scope).low > place; page += 1) {
      await engine.loadOlder(scope);
      if (engine.window(scope).unreachable || engine.window(scope).complete) break;
    }
    return await engine.read(scope, 'message', messageId);
  } finally {
    close();
  }
}
