import { mutators, type MutatorArgs, type MutatorName } from '@parley/core/mutators';
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import { v7 as newId } from 'uuid';
import type { Server } from './installation.ts';

/** One installation of a client, which counts its lanes and waits for each answer. */
export class Sender {
  readonly #clientId = newId();
  readonly #server: Server;
  readonly #personId: string;
  readonly #lanes = new Map<string, number>();

  constructor(server: Server, personId: string) {
    this.#server = server;
    this.#personId = personId;
  }

  /** @throws unless it is applied */
  async do<Name extends MutatorName>(name: Name, args: MutatorArgs<Name>): Promise<void> {
    const lane = mutators[name].lane(args as never, this.#personId);
    const n = (this.#lanes.get(lane) ?? 0) + 1;
    this.#lanes.set(lane, n);
    const { results } = await this.#server.push(this.#personId, {
      protocol: PROTOCOL_VERSION,
      personId: this.#personId,
      clientId: this.#clientId,
      incarnation: null,
      mutations: [{ id: newId(), lane, n, name, version: 1, args, at: 0 }],
    });
    if (results[0]?.status !== 'applied') throw new Error(`${name} was not applied: ${JSON.stringify(results[0])}`);
  }
}
