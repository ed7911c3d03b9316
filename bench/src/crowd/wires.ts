/** How a client of each contestant speaks, over the same socket and with the same care: it reads whatever it is told. */
import type { SaidPresence } from '@parley/core/presence';
import { PROTOCOL_VERSION, type LiveEvent, type PullResponse, type WireRow } from '@parley/sync/protocol';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { v7 as newId } from 'uuid';
import { WebSocket } from 'ws';

/** What one client needs to come in. */
export interface Ticket {
  wire: WireName;
  url: string;
  protocols: string[];
  headers: Record<string, string>;
  personId: string;
  /** The first of them is where it says something. */
  rooms: string[];
}

export interface Ears {
  /** Somebody sent this message. */
  message: (text: string) => void;
  /** Somebody types, and said so at this time. */
  typing: (at: number) => void;
}

export interface Line {
  /** Resolves when it hears what the others say. */
  live: Promise<void>;
  say: (text: string) => void;
  present: (said: SaidPresence) => void;
  close: () => void;
}

interface Wire {
  opened?: () => void;
  /** Returns whether with this frame it has come in. */
  hear: (frame: Buffer) => boolean;
  say?: Line['say'];
  present?: Line['present'];
}

type WireMaker = (ticket: Ticket, line: { send: (frame: string | Uint8Array) => void; ears: Ears }) => Wire;

export function openLine(ticket: Ticket, ears: Ears): Line {
  const { url, protocols, headers } = ticket;
  const { promise: live, resolve, reject } = Promise.withResolvers<void>();
  const socket = new WebSocket(url, protocols, { headers, perMessageDeflate: false });
  const wire: Wire = wires[ticket.wire](ticket, { send: (frame) => socket.send(frame), ears });
  socket.on('open', () => {
    wire.opened?.();
    if (ticket.wire === 'ws') resolve();
  });
  socket.on('message', (frame: Buffer) => {
    if (wire.hear(frame)) resolve();
  });
  socket.on('error', reject);
  socket.on('close', (code) => reject(new Error(`${ticket.wire} was closed with ${code}.`)));
  const mute = (): never => {
    throw new Error(`${ticket.wire} has no words for that.`);
  };
  return { live, say: wire.say ?? mute, present: wire.present ?? mute, close: () => socket.close() };
}

const wires = {
  ws: (_ticket, { send, ears }) => ({
    hear(frame) {
      ears.message((JSON.parse(frame.toString()) as { text: string }).text);
      return true;
    },
    say: send,
  }),

  parley({ personId, rooms }, { send, ears }) {
    const caller = { protocol: PROTOCOL_VERSION, personId, clientId: newId() };
    const cursors = new Map<string, { from: number; epoch: number }>();
    let calls = 0;
    let sent = 0;
    const call = (method: 'mutation' | 'subscription', path: string, input: object) => {
      calls += 1;
      send(JSON.stringify({ id: calls, method, params: { path, input: { ...caller, ...input } } }));
    };
    const pull = (scopes: readonly string[]) => {
      const asks = scopes.map((scope) => ({
        scope,
        window: 50,
        ...(cursors.get(scope) ?? { from: null, epoch: null }),
      }));
      call('mutation', 'sync.pull', { incarnation: null, scopes: asks });
    };
    const read = (rows: readonly WireRow[]) => {
      for (const [table, , , data] of rows) if (table === 'message') ears.message((data as { text: string }).text);
    };
    return {
      opened: () => call('subscription', 'sync.live', {}),
      hear(frame) {
        const text = frame.toString();
        if (text === 'PING') send('PONG');
        if (!text.startsWith('{')) return false;
        const { result, error } = JSON.parse(text) as { result?: { data?: LiveEvent | PullResponse }; error?: object };
        if (error) throw new Error(`Parley refuses: ${text}`);
        const told = result?.data;
        if (!told) return false;
        if ('answers' in told) {
          for (const answer of told.answers) {
            if (answer.kind !== 'delta' && answer.kind !== 'truncated')
              throw new Error(`Parley answers ${answer.kind}.`);
            cursors.set(answer.scope, { from: answer.to, epoch: answer.epoch });
            read(answer.rows);
          }
          return true;
        }
        if (!('kind' in told)) return false;
        if (told.kind === 'hello') pull(rooms);
        const cursor = told.kind === 'poke' && cursors.get(told.scope);
        if (!cursor) return false;
        if (told.rows === null || told.from !== cursor.from) pull([told.scope]);
        else {
          cursor.from = told.to;
          read(told.rows);
        }
        return false;
      },
      say(text) {
        const [lane = ''] = rooms;
        const args = { threadId: lane.replace('thread:', ''), messageId: newId(), text };
        sent += 1;
        const mutation = { id: newId(), lane, n: sent, name: 'sendMessage', version: 1, args, at: 0 };
        call('mutation', 'sync.push', { incarnation: null, mutations: [mutation] });
      },
    };
  },

  /** The frames of engine.io and socket.io, as socket.io-client sends them. */
  'socket.io'({ rooms }, { send, ears }) {
    return {
      hear(frame) {
        const text = frame.toString();
        if (text === '2') send('3');
        if (text.startsWith('0')) send('40');
        if (text.startsWith('40')) send(`420${JSON.stringify(['join', rooms])}`);
        if (text.startsWith('42')) {
          const [event, first] = JSON.parse(text.slice(2)) as [string, { text: string }];
          if (event === 'message') ears.message(first.text);
        }
        return text.startsWith('43');
      },
      say: (text) => send(`42${JSON.stringify(['message', rooms[0], text])}`),
      present: (said) => send(`42${JSON.stringify(['presence', said])}`),
    };
  },

  /** A room of ours, which is one of y-websocket. */
  room(_ticket, { send, ears }) {
    const state = ownState();
    return {
      hear(frame) {
        const decoder = decoding.createDecoder(frame);
        if (decoding.readVarUint(decoder) === AWARENESS) readStates(decoding.readVarUint8Array(decoder), ears);
        return true;
      },
      present: (said) => send(framed((frame) => writeAwareness(frame, state(said)))),
    };
  },

  hocuspocus({ rooms: [room = ''] }, { send, ears }) {
    const state = ownState();
    const frameOf = (write: (encoder: encoding.Encoder) => void) =>
      framed((frame) => {
        encoding.writeVarString(frame, room);
        write(frame);
      });
    return {
      opened: () =>
        send(
          frameOf((frame) => {
            encoding.writeVarUint(frame, AUTH);
            encoding.writeVarUint(frame, TOKEN);
            encoding.writeVarString(frame, '');
          }),
        ),
      hear(frame) {
        const decoder = decoding.createDecoder(frame);
        decoding.readVarString(decoder);
        const kind = decoding.readVarUint(decoder);
        if (kind === AWARENESS) readStates(decoding.readVarUint8Array(decoder), ears);
        return kind === AUTH;
      },
      present: (said) => send(frameOf((frame) => writeAwareness(frame, state(said)))),
    };
  },
} satisfies Record<string, WireMaker>;

export type WireName = keyof typeof wires;

const AWARENESS = 1;
const AUTH = 2;
const TOKEN = 0;

/** An update of `y-protocols` that says one thing of oneself. */
function ownState(): (said: SaidPresence) => Uint8Array {
  const clientId = Math.floor(Math.random() * 2 ** 32);
  let clock = 0;
  return (said) => {
    clock += 1;
    return framed((update) => {
      encoding.writeVarUint(update, 1);
      encoding.writeVarUint(update, clientId);
      encoding.writeVarUint(update, clock);
      encoding.writeVarString(update, JSON.stringify(said));
    });
  };
}

function writeAwareness(frame: encoding.Encoder, update: Uint8Array): void {
  encoding.writeVarUint(frame, AWARENESS);
  encoding.writeVarUint8Array(frame, update);
}

function framed(write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
}

function readStates(update: Uint8Array, ears: Ears): void {
  const decoder = decoding.createDecoder(update);
  for (let left = decoding.readVarUint(decoder); left > 0; left -= 1) {
    decoding.readVarUint(decoder);
    decoding.readVarUint(decoder);
    const state = JSON.parse(decoding.readVarString(decoder)) as SaidPresence | null;
    if (state?.typing !== undefined) ears.typing(state.typing);
  }
}
