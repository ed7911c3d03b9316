/** The sockets of one person's browser, with what it would add by itself: cookie and origin. */
import { WebSocket as NodeWebSocket } from 'ws';
import type { SignedIn } from './people.ts';

/** What is offered in the handshake, as the web app does. */
export const protocolsOf = ({ personId, key }: SignedIn): string[] => ['parley', `person.${personId}`, `key.${key}`];

/** @param made hears of each socket */
export function socketClass(
  { cookie }: SignedIn,
  origin: string,
  made: (socket: NodeWebSocket) => void = () => {},
): typeof WebSocket {
  return class extends NodeWebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols ?? [], { headers: { cookie, origin } });
      // A socket that is given up while it opens says so once more.
      this.on('error', () => {});
      made(this);
    }
  } as unknown as typeof WebSocket;
}
