/** Reads the memory of a Node process from inside, once what nobody holds has been thrown away. */
import { readFile } from 'node:fs/promises';
import { WebSocket } from 'ws';

export interface InspectedProcess {
  /** Bytes that the machine gives it, and bytes of living objects. */
  memory(): Promise<{ rss: number; heap: number }>;
  detach(): void;
}

/** @param log where processes that are started with `--inspect` say where they are */
export async function attachTo(app: 'api' | 'worker', log: string): Promise<InspectedProcess> {
  const said = await readFile(log, 'utf8');
  for (const [, url = ''] of said.matchAll(/Debugger listening on (ws:\S+)/g)) {
    const call = await connect(url);
    const evaluated = async (expression: string): Promise<unknown> =>
      (await call('Runtime.evaluate', { expression, returnByValue: true })).result?.value;
    if (!String(await evaluated('process.argv[1]')).includes(`/apps/${app}/`)) {
      call.end();
      continue;
    }
    await call('HeapProfiler.enable');
    return {
      async memory() {
        await call('HeapProfiler.collectGarbage');
        const { rss, heapUsed } = (await evaluated('process.memoryUsage()')) as { rss: number; heapUsed: number };
        return { rss, heap: heapUsed };
      },
      detach: call.end,
    };
  }
  throw new Error(`The ${app} does not say where it can be inspected.`);
}

interface Answer {
  result?: { value?: unknown };
}

async function connect(url: string) {
  const socket = new WebSocket(url);
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  let calls = 0;
  socket.on('message', (data: Buffer) => {
    const { id, result } = JSON.parse(data.toString()) as { id?: number; result: Answer };
    if (id !== undefined) waiting.get(id)?.resolve(result);
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('A process that is measured has ended.'));
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const call = async (method: string, params = {}): Promise<Answer> => {
    calls += 1;
    const answer = Promise.withResolvers<Answer>();
    waiting.set(calls, answer);
    const id = calls;
    socket.send(JSON.stringify({ id, method, params }));
    return answer.promise.finally(() => waiting.delete(id));
  };
  return Object.assign(call, { end: () => socket.close() });
}
