/** An installation, and people in it who do what a test tells them. */
import { threadScope } from '@parley/core/scopes';
import { v7 as newId } from 'uuid';
import { startCluster, type Cluster } from '../chaos/cluster.ts';
import { readFinally } from '../chaos/final-read.ts';
import { judge, type Verdict } from '../chaos/judge.ts';
import { signUp, type SignedIn } from '../chaos/people.ts';
import { seededRandom } from '../chaos/random.ts';
import { ScriptedClient } from '../chaos/scripted-client.ts';
import { eventually } from '../eventually.ts';

export class Stage {
  readonly cluster: Cluster;
  /** The owner first. */
  readonly #people: SignedIn[];
  readonly #clients: ScriptedClient[] = [];

  /** @param people at least so many */
  static async open({ hosts, people }: { hosts: number; people: number }): Promise<Stage> {
    const cluster = await startCluster({ hosts });
    const url = `http://127.0.0.1:${cluster.hosts[0]?.port}`;
    // Of five devices one is somebody's second.
    const devices = await signUp({ url, origin: cluster.origin }, cluster.owner, Math.ceil(people * 1.25));
    return new Stage(
      cluster,
      devices.filter(({ device }) => !device.endsWith('second')),
    );
  }

  constructor(cluster: Cluster, people: SignedIn[]) {
    this.cluster = cluster;
    this.#people = people;
  }

  get ports(): [number, number] {
    const [first = 0, second = 0] = this.cluster.hosts.map(({ port }) => port);
    return [first, second];
  }

  /** Somebody who was not there yet. @param servers ports, which their lines lead to in turn, from the second on */
  async enter(servers: readonly number[]): Promise<ScriptedClient> {
    const who = this.#people.shift();
    if (!who) throw new Error('Nobody is left.');
    const chance = seededRandom(7);
    const draws = [0];
    const random = () => draws.pop() ?? chance();
    const client = await ScriptedClient.open(who, { servers, origin: this.cluster.origin }, random);
    this.#clients.push(client);
    await eventually('somebody to be there', () => client.isAtRest);
    return client;
  }

  /** A thread that all of them have. */
  async startThread(first: ScriptedClient, ...others: ScriptedClient[]): Promise<{ id: string; room: string }> {
    const id = newId();
    await first.startThread(
      id,
      others.map(({ personId }) => personId),
    );
    await eventually('everybody to have the thread', () =>
      [first, ...others].every((client) => client.isAtRest && client.has(id)),
    );
    return { id, room: threadScope(id) };
  }

  /** Of everything that everybody did. */
  async judge(): Promise<Verdict> {
    const database = await readFinally(this.cluster.databaseUrl);
    const threadIds = [...new Set(database.participants.map(({ threadId }) => threadId))];
    return judge({ clients: await Promise.all(this.#clients.map((client) => client.report(threadIds))), database });
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.cluster.close();
  }
}

/** Nothing to complain of. */
export const FLAWLESS = { lost: [], doubled: [], reordered: [], stranded: [], leaked: [], diverged: [] };
