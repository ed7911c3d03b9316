declare module 'pouchdb-browser' {
  /** As much of it as the benches use. */
  export default class PouchDB {
    constructor(name: string);
    put(document: object): Promise<unknown>;
    bulkDocs(documents: readonly object[]): Promise<unknown>;
    allDocs(options: object): Promise<{ rows: unknown[] }>;
    changes(options: object): { on(event: 'change', hear: (change: { id: string }) => void): void; cancel(): void };
    close(): Promise<void>;
    destroy(): Promise<void>;
  }
}

declare module 'replicache/impl' {
  interface ReadTransaction {
    scan(options: { prefix: string; limit: number }): { values(): { toArray(): Promise<unknown[]> } };
  }
  interface WriteTransaction {
    set(key: string, value: object): Promise<void>;
  }
  interface HttpRequestInfo {
    httpStatusCode: number;
    errorMessage: string;
  }
  /** As much of it as the benches use, which is all public but `persist`. */
  export class ReplicacheImpl {
    constructor(options: {
      name: string;
      logLevel: 'error';
      pullInterval: null;
      mutators: { send: (tx: WriteTransaction, message: import('./stores.ts').Message) => Promise<void> };
      puller: () => Promise<{ response: object; httpRequestInfo: HttpRequestInfo }>;
      pusher: () => Promise<{ httpRequestInfo: HttpRequestInfo }>;
    });
    readonly mutate: { send(message: import('./stores.ts').Message): Promise<void> };
    pull(options: { now: boolean }): Promise<void>;
    persist(): Promise<void>;
    query<R>(body: (tx: ReadTransaction) => Promise<R>): Promise<R>;
    subscribe<R>(body: (tx: ReadTransaction) => Promise<R>, onData: (result: R) => void): () => void;
    close(): Promise<void>;
  }
}
