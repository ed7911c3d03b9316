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
