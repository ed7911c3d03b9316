/**
 * What happens in this process, counted where it happens. Labels take few values, all of them named in the code: no person,
 * organisation or address is ever one.
 */
import { Counter, Histogram, type Registry } from 'prom-client';

export type Counters = ReturnType<typeof createCounters>;

/** Seconds. A push takes some milliseconds; a first pull of a large organisation a second. */
const DURATIONS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createCounters(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter<Label>({ name: `parley_${name}`, help, labelNames, registers: [registry] });
  return {
    handshakesRefused: counter(
      'handshakes_refused_total',
      'Sockets that were not let in, by the code they were told.',
      ['code'],
    ),
    socketsClosed: counter(
      'sockets_closed_total',
      'Sockets that ended: left by the client, lost without a word, or closed by the server.',
      ['use', 'end'],
    ),
    reconnects: counter('reconnects_total', 'Clients that lost their line and were back within a quarter of an hour.'),
    liveEvents: counter('live_events_total', 'What was told on streams: hello, poke, resync.', ['kind']),
    busGaps: counter('bus_gaps_total', 'Times that what other processes said may have been missed.'),
    calls: counter('calls_total', 'Calls of procedures, by the code of their answer.', ['call', 'code']),
    callSeconds: new Histogram({
      name: 'parley_call_seconds',
      help: 'Time from a call of the engine to its answer.',
      labelNames: ['call'],
      buckets: DURATIONS,
      registers: [registry],
    }),
    mutations: counter('mutations_total', 'Mutations that clients pushed, by what became of them.', ['status']),
    divergences: counter('divergences_total', 'Clients that held other rows than the server.'),
  };
}
