/** Processes that do what this one says, and end with it: servers to be measured, and the clients that measure them. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Profiled } from './serving.ts';

type Calls = Record<string, (...args: never[]) => unknown>;

export interface Launched<Its extends Calls> extends AsyncDisposable {
  call<Name extends keyof Its & string>(
    name: Name,
    ...args: Parameters<Its[Name]>
  ): Promise<Awaited<ReturnType<Its[Name]>>>;
}

/** @param script name of the file beside this one whose calls are `Its` */
export function launch<Its extends Calls>(script: string): Launched<Its> {
  const child = fork(join(import.meta.dirname, `${script}.ts`), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--expose-gc'],
    serialization: 'advanced',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  let isOver = false;
  child.on('message', ({ id, result, error }: Answer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(error));
  });
  child.once('exit', () => {
    isOver = true;
    for (const { reject } of waiting.values()) reject(new Error(`${script} has ended.`));
  });
  return {
    async call(name, ...args) {
      if (isOver) throw new Error(`${script} has ended.`);
      calls += 1;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(calls, answer);
      child.send({ id: calls, name, args });
      return (await answer.promise) as never;
    },
    async [Symbol.asyncDispose]() {
      if (isOver) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** What a server does during some work, as the text of a `.cpuprofile`. */
export async function profileOf(server: Launched<Profiled>, work: () => Promise<unknown>): Promise<string> {
  await server.call('startProfile');
  await work();
  return server.call('stopProfile');
}

interface Call {
  id: number;
  name: string;
  args: unknown[];
}

interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

/** The other side. */
export function obey(calls: Calls): void {
  process.on('message', ({ id, name, args }: Call) => {
    const answer = async (): Promise<unknown> => Reflect.apply(calls[name] as () => unknown, calls, args);
    answer().then(
      (result) => process.send?.({ id, result } satisfies Answer),
      (error: unknown) => process.send?.({ id, error: error instanceof Error ? (error.stack ?? '') : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** Milliseconds since 1970, by a clock that all processes share. */
export const wallClock = (): number => performance.timeOrigin + performance.now();
