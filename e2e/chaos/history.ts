/** What a run leaves to be judged: what every client did and was told, and what the database holds in the end. */

/** One thing a person did, as their program began it. */
export interface Act {
  kind: 'message' | 'edit' | 'reaction' | 'read' | 'thread';
  threadId: string;
  /** Empty for `read`. */
  messageId: string;
  /** Of a message or an edit: unlike that of any other. Of a reaction, its emoji. */
  text: string;
  /** Of a reaction: given or taken back. */
  on: boolean;
  /** Of `read`: up to which place. */
  seq: number;
  /** It went out later than it was written, so others may have gone first. */
  held: boolean;
  /** Id of the mutation; `null` where the program was killed before it had one. */
  id: string | null;
  /** The program was told that it is safe on this device. Where it was killed before, it may be there or not. */
  kept: boolean;
}

/** A message as somebody sees it. */
export interface SeenMessage {
  id: string;
  seq: number;
  text: string;
  reactions: Record<string, string[]>;
}

export interface ViewedMessage extends SeenMessage {
  /** Something that was refused is shown over it: an edit, a reaction. */
  overlaid: boolean;
}

export interface QueuedItem {
  /** Of the mutation. */
  id: string;
  name: string;
  state: string;
  code: string | null;
  /** Id of the item that it is parked with. */
  waitsFor: string | null;
  /** Of a message: its id. */
  messageId: string | null;
}

/** A push whose answer never came. */
export interface Unanswered {
  mutationIds: string[];
  /** Port of the API that it went to. */
  server: number;
  /** Milliseconds since 1970. */
  sentAt: number;
  lostAt: number;
}

export interface ClientReport {
  client: string;
  personId: string;
  /** In the order in which they were begun. */
  acts: Act[];
  /** Mutations that the server said it had applied. */
  acknowledged: string[];
  /** Everything in the queue, also what failed. */
  queue: QueuedItem[];
  /** Each thread's messages as its view shows them, in its order, without those that only this device knows. */
  views: Record<string, ViewedMessage[]>;
  /** Scopes of which something is in memory or on disk. */
  holds: string[];
  /** Scopes about which the server told something, and the versions as of which it did. */
  told: Record<string, number[]>;
  unanswered: Unanswered[];
  connection: string;
}

export interface StoredMessage extends SeenMessage {
  threadId: string;
  /** `null`: the software itself. */
  authorId: string | null;
  /** The scope's version as of its last change; of a notice, as of its making. */
  version: number;
  notice: { type: string; personIds?: string[] } | null;
}

export interface FinalRead {
  /** By thread and place. */
  messages: StoredMessage[];
  revisions: { messageId: string; text: string }[];
  participants: { threadId: string; personId: string; left: boolean }[];
  /** Messages that were to go out later and have not. */
  scheduled: { messageId: string; personId: string; refused: boolean }[];
  readPositions: { threadId: string; personId: string; seq: number }[];
  members: { orgId: string; personId: string }[];
  /** Version of each scope. */
  versions: Record<string, number>;
  /** When each mutation was begun that has a result; milliseconds since 1970. */
  results: Record<string, number>;
}

export interface History {
  clients: ClientReport[];
  database: FinalRead;
}
