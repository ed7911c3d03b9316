/** socket.io as its documentation has it, for many connections: they join rooms, and what is said in one all there hear. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { obey } from './launched.ts';
import { listenAnywhere, memory, type Serving } from './serving.ts';
import { writtenMessage } from './written-message.ts';

obey({
  listen() {
    const server = createServer();
    const io = new Server(server, { serveClient: false });
    // "Additional tweaks to reduce memory": the first request is not kept.
    io.engine.on('connection', (raw: { request: unknown }) => (raw.request = null));
    io.on('connection', (socket) => {
      socket.on('join', async (rooms: string[], done: () => void) => {
        await socket.join(rooms);
        done();
      });
      socket.on('message', (room: string, text: string) => void io.to(room).emit('message', writtenMessage(text)));
      socket.on('presence', (said: object) => {
        socket.data = { said };
        for (const room of socket.rooms) if (room !== socket.id) socket.to(room).emit('presence', socket.id, said);
      });
    });
    return listenAnywhere(server);
  },
  memory,
} satisfies Serving);
