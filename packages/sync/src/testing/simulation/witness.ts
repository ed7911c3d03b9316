/** Hears everything that servers say, and knows which rules that puts to use. */
import type { EngineStatus } from '../../client/status.ts';
import type { ScopeId } from '../../mutator.ts';
import {
  LIMITS,
  type LiveEvent,
  type PageAnswer,
  type PageRequest,
  type PullRequest,
  type PullResponse,
  type PushRequest,
  type PushResponse,
} from '../../protocol.ts';
import type { CallKind, Line, Witness } from './network.ts';
import { secretsIn } from './secrets.ts';
import type { World } from './world.ts';

/** Which rule an answer of the server's puts to use. */
const refusals: Readonly<Record<string, string>> = { id_taken: 'SCOPE2', not_found: 'PUSH8', forbidden: 'PUSH8' };

export function createWitness(world: World): Witness & { status(status: EngineStatus): void } {
  const { tally } = world;

  const pulled = (personId: string, request: PullRequest, { answers }: PullResponse, line: Line) => {
    tally.rule('PULL6');
    if (line.release === 'before') tally.rule('VER3');
    request.scopes.forEach(({ scope }, index) => {
      if (answers[index]?.scope !== scope) world.fail('PULL6', `${scope} is not answered`);
    });
    const asked = new Map(request.scopes.map(({ scope, from }) => [scope, from]));
    for (const answer of answers) {
      if (answer.kind === 'forbidden') {
        tally.rule('SCOPE3');
        tally.rule('LIVE7');
        continue;
      }
      if (answer.kind === 'reset') {
        tally.rule('PULL3');
        if ((world.database.scopes.get(answer.scope)?.floor ?? 0) > 0) tally.rule('SCOPE6');
        continue;
      }
      world.mustBeReader(personId, answer.scope);
      if (answer.scope.startsWith('notes:') && answer.kind === 'truncated' && answer.to === 0) tally.rule('NOTE3');
      if (answer.kind === 'truncated') {
        tally.rule('PULL5');
        if (answer.low > 1) tally.rule('CLI17');
        if (asked.get(answer.scope) !== null) tally.rule('CLI25');
      }
      if (answer.kind === 'delta' && answer.more) tally.rule('PULL4');
      if (answer.rows.length > 0) tally.rule('CUR1');
    }
  };

  const pushed = (personId: string, { mutations }: PushRequest, { results }: PushResponse, line: Line) => {
    results.forEach((result, index) => {
      const { name, version } = mutations[index] ?? { name: '', version: 0 };
      if (result.status === 'gap') tally.rule('PUSH2');
      if (result.status === 'fork') tally.rule('PUSH4');
      if (result.status === 'fork' && world.wasCloned) tally.rule('DISK10');
      if (result.status === 'fork' && world.restored) tally.rule('CLI16');
      if (result.status === 'unknown') tally.rule('PUSH5');
      if (result.status === 'not_yet') tally.rule('PUSH12');
      if (result.status === 'dependency_failed') tally.rule('PUSH6');
      if (result.status === 'rejected') {
        tally.rule('PUSH3');
        tally.rule('CLI5');
        tally.rule(refusals[result.code] ?? 'PUSH8');
        if (result.code === 'id_taken' && name === 'start') tally.rule('PUSH11');
        if (result.code === 'not_found') tally.rule('CUR3');
        if (name === 'read') tally.rule('CLI19');
      }
      if (result.status !== 'applied') return;
      tally.rule('PUSH9');
      if (world.parked.has(result.id)) tally.rule('DEP3');
      if (line.release === 'before') tally.rule('VER1');
      if (name === 'send' && version === 1) tally.rule('VER4');
      if (name === 'actFor') tally.fault('member.actsForAnother');
      if (name === 'editNote' || name === 'deleteNote') tally.rule('NOTE5');
      for (const { scope, version: to } of result.effects) {
        const readers = scope.startsWith('notes:') ? world.readers.get(`${scope} ${to}`) : undefined;
        if (readers && !readers.people.has(personId)) world.fail('NOTE1', `${personId} is told of ${scope}`);
        if (scope.startsWith('user:') && scope !== `user:${personId}`)
          world.fail('PUSH9', `${personId} is told of ${scope}`);
      }
    });
  };

  /** Notes of others must not come to light in anything that somebody is told. */
  const mustKeepSecrets = (personId: string, told: unknown, isKept: (scope: ScopeId) => boolean) => {
    if (!world.hasNotes) return;
    for (const { scope } of secretsIn(JSON.stringify(told))) {
      if (isKept(scope)) tally.rule('NOTE1');
      else world.fail('NOTE1', `${personId} is told what stands in ${scope}`);
    }
  };

  return {
    answer(kind: CallKind, personId, request, answer, line) {
      world.clock.mark(kind);
      mustKeepSecrets(personId, answer, (scope) => kind !== 'push' && world.mayKnow(personId, scope));
      if (kind === 'pull') pulled(personId, request as PullRequest, answer as PullResponse, line);
      if (kind === 'push') pushed(personId, request as PushRequest, answer as PushResponse, line);
      if (kind === 'audit') tally.rule('AUD1');
      if (kind === 'page' && (answer as PageAnswer).kind === 'page') tally.rule('PAGE1');
      world.say(() => `${personId} ${kind} ${JSON.stringify(request)} → ${JSON.stringify(answer)}`);
    },

    arrives(page, request) {
      const { scope } = request as PageRequest;
      if (page.kind !== 'page' || page.version >= (world.database.scopes.get(scope)?.version ?? 0)) return;
      tally.fault('page.late');
      tally.rule('CLI15');
    },

    live(personId, event: LiveEvent, line) {
      if (event.kind === 'hello') tally.rule('LIVE1');
      if (event.kind === 'hello' && world.restored) tally.rule('CLI16');
      if (event.kind === 'resync') tally.rule(line.slow ? 'LIVE8' : 'LIVE9');
      if (event.kind === 'resync' && !line.slow) tally.rule('LIVE10');
      // Who may hear of a scope is looked at below.
      mustKeepSecrets(personId, event, (scope) => event.kind === 'poke' && event.scope === scope);
      if (event.kind !== 'poke') return;
      const commit = world.readers.get(`${event.scope} ${event.to}`);
      tally.rule('LIVE2');
      if (event.rows) tally.rule('CLI2');
      else if (commit && commit.rows > LIMITS.pokeRows) tally.rule('LIVE3');
      else if (line.release === 'now') tally.rule('LIVE6');
      // What is told again is told to those who read it by then.
      const isReader = commit?.people.has(personId) ?? true;
      if (!isReader && (event.rows || !world.mayKnow(personId, event.scope)))
        world.fail('LIVE4', `${personId} hears of ${event.scope} at ${event.to}`);
      else tally.rule('LIVE4');
    },

    status({ connection, storage, leads }) {
      tally.rule('CONN1');
      if (storage !== 'disk') tally.rule('DISK1');
      if (storage === 'memory') tally.rule('DISK4');
      if (storage === 'full' || storage === 'unwritable') tally.rule('DISK6');
      if (leads) tally.rule('CLI8');
      if (connection.state === 'unauthorised') tally.rule('ACC1');
      if (connection.state === 'outdated') tally.rule('VER2');
      if (connection.state === 'reconnecting') tally.rule('CONN4');
    },
  };
}
