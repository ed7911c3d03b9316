/** The rooms of this tab. What connects them comes behind the list (keep-rooms.ts). */
import { createRoomsDoor } from '@parley/client/live/rooms-door';

export const roomsDoor = createRoomsDoor();
