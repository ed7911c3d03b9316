import { join } from 'node:path';

const importFile = process.env['IMPORT_FILE'];

/** What is said from outside about pictures. */
export const pictures = {
  /** A Slack export to import first; without it the small world is drawn. */
  importFile,
  /** Where they go. Those of an import show foreign texts, so never into the documents. */
  folder:
    process.env['PICTURES'] ??
    (importFile === undefined ? join(import.meta.dirname, '..', 'docs', 'screenshots') : '/tmp/parley-import'),
};
