/** Listens in between engine and network: what the server has acknowledged, what it told, and what had no answer. */
import type { Connection, Network } from '@parley/sync/client';
import type { LiveEvent } from '@parley/sync/protocol';
import type { Unanswered } from './history.ts';

export interface Recorder {
  network(network: Network): Network;
  /** Mutations that the server said it had applied. */
  readonly acknowledged: ReadonlySet<string>;
  /** Scopes of which something was told, and as of which versions. */
  readonly told: ReadonlyMap<string, ReadonlySet<number>>;
  readonly unanswered: Unanswered[];
  /** Requests refused because the server had no connection to its database. */
  readonly busy: number;
}

/** @param server port of the server at the other end, now */
export function createRecorder(server: () => number): Recorder {
  const acknowledged = new Set<string>();
  const told = new Map<string, Set<number>>();
  const unanswered: Unanswered[] = [];
  let busy = 0;

  const tell = (scope: string, version: number) => {
    const versions = told.get(scope) ?? new Set();
    told.set(scope, versions.add(version));
  };
  const hear = (event: LiveEvent) => {
    if (event.kind === 'poke') tell(event.scope, event.to);
  };
  const codeOf = (error: unknown): unknown =>
    error instanceof Error && 'data' in error ? (error.data as { code?: string } | null)?.code : undefined;
  const counted = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    try {
      return await answer;
    } catch (error) {
      if (codeOf(error) === 'BUSY') busy += 1;
      throw error;
    }
  };

  const listen = (connection: Connection): Connection => ({
    async pull(request) {
      const response = await counted(connection.pull(request));
      for (const answer of response.answers) if ('to' in answer) tell(answer.scope, answer.to);
      return response;
    },
    async push(request) {
      const sent = { server: server(), sentAt: Date.now() };
      try {
        const response = await counted(connection.push(request));
        for (const { id, status } of response.results) if (status === 'applied') acknowledged.add(id);
        return response;
      } catch (error) {
        // A refusal is an answer, too.
        if (codeOf(error) === undefined) {
          unanswered.push({ ...sent, lostAt: Date.now(), mutationIds: request.mutations.map(({ id }) => id) });
        }
        throw error;
      }
    },
    async page(request) {
      const answer = await counted(connection.page(request));
      if (answer.kind === 'page') tell(request.scope, answer.version);
      return answer;
    },
    audit: (request) => counted(connection.audit(request)),
    close: () => connection.close(),
  });

  return {
    acknowledged,
    told,
    unanswered,
    get busy() {
      return busy;
    },
    network: (network) => ({
      ...network,
      connect: (caller, events) =>
        listen(
          network.connect(caller, {
            ...events,
            live(event) {
              hear(event);
              events.live(event);
            },
          }),
        ),
    }),
  };
}
