declare module 'pouchdb-browser' {
  /** As much of it as the benches use. */
  export default class PouchDB {
    constructor(name: string);
    bulkDocs(documents: readonly object[]): Promise<unknown>;
    destroy(): Promise<void>;
  }
}
