/** What is said from outside about pictures of an import. */
export const pictures = {
  /** A Slack export to import first; without it the small world is drawn. */
  importFile: process.env['IMPORT_FILE'],
  /** Where its pictures go. They show foreign texts, so never into the documents. */
  folder: process.env['PICTURES'] ?? '/tmp/parley-import',
};
