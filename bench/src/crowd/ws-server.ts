/** As little as a server can do: what one says, all hear. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { obey } from './launched.ts';
import { listenAnywhere, memory, type Serving } from './serving.ts';
import { writtenMessage } from './written-message.ts';

obey({
  listen() {
    const server = createServer();
    const rooms = new Map<string, Set<WebSocket>>();
    new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, { url = '' }) => {
      const room = rooms.get(url) ?? new Set();
      rooms.set(url, room.add(socket as never));
      socket.on('close', () => room.delete(socket as never));
      socket.on('message', (data: Buffer) => {
        const frame = JSON.stringify(writtenMessage(data.toString()));
        for (const each of room) each.send(frame);
      });
    });
    return listenAnywhere(server);
  },
  memory,
} satisfies Serving);
