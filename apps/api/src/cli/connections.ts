import { reason } from '../doctor/finding.ts';
import { addressToAsk } from '../doctor/machine.ts';
import { ownToken } from '../metrics/metrics.ts';
import { readFigures, type Figures } from '../metrics/read-figures.ts';
import { openConfiguration } from '../supervisor/installation.ts';
import { ensureSecrets } from '../supervisor/secrets.ts';
import { CommandError, readArguments, type Command } from './command.ts';

export const connections: Command = {
  name: 'connections',
  usage: '[--json]',
  summary: 'Say how the sockets, the calls and the work of the running server are doing.',
  options: [['--json', 'Print one JSON object with every figure of /metrics.']],
  async run(args, terminal) {
    const { values } = readArguments(args, { positionals: [], options: { json: { type: 'boolean' } } });
    const config = await openConfiguration(terminal.env);
    const token = config.metricsToken ?? ownToken((await ensureSecrets(config.dataDir)).authSecret);
    const figures = readFigures(await ask(`${addressToAsk(config)}/metrics`, token));
    if (values.json) terminal.say(JSON.stringify({ ok: true, figures: Object.fromEntries(figures) }));
    else for (const line of inWords(figures)) terminal.say(line);
  },
};

async function ask(url: string, token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(15_000), redirect: 'error' }).catch(
    (error: unknown) => {
      throw new CommandError('NOT_RUNNING', `No server answers at ${url}: ${reason(error)}. Is it running?`);
    },
  );
  if (response.ok) return response.text();
  const words = response.status === 401 ? 'the server was started with another METRICS_TOKEN' : `${response.status}`;
  throw new CommandError('NOT_ANSWERED', `${url} does not answer: ${words}.`);
}

function inWords(figures: Figures): string[] {
  const of = (name: string, labels = ''): number => {
    const found = [...figures].filter(([key]) => key.split('{')[0] === `parley_${name}` && key.includes(labels));
    return found.reduce((sum, [, value]) => sum + value, 0);
  };
  const lag = (figures.get('nodejs_eventloop_lag_p99_seconds') ?? 0) * 1_000;
  const line = (name: string, words: string): string => `${name.padEnd(12)}${words}`;
  return [
    line('People', `${of('people_connected')} connected`),
    line(
      'Sockets',
      `${of('sockets', 'use="calls"')} for calls, ${of('sockets', 'use="room"')} in ${of('rooms')} rooms`,
    ),
    line(
      'Since start',
      `${of('reconnects_total')} reconnects, ${of('sockets_closed_total', 'end="lost"')} sockets lost, ${of('handshakes_refused_total')} refused`,
    ),
    line(
      'Backlog',
      `${of('socket_buffered_bytes')} bytes in sockets, ${of('socket_buffered_bytes_max')} in the slowest`,
    ),
    line('Lag', `${lag.toFixed(0)} ms of the event loop (99 %)`),
    line(
      'Database',
      `${of('database_connections_in_use')} of ${of('database_connections')} connections in use, ${of('database_waiting')} wait for one`,
    ),
    line(
      'Work',
      `${of('outbox_jobs')} not taken by the worker, ${of('jobs', 'state="waiting"')} waiting, ${of('jobs', 'state="failed"')} given up`,
    ),
  ];
}
