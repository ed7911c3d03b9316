/**
 * Why an import was refused. Every code ends the import before the first row is written; the message is written for
 * the person at the terminal, names the file inside the archive where there is one, and never quotes its content.
 */
export type ImportErrorCode =
  | 'file_not_found'
  | 'not_a_file'
  | 'not_a_zip'
  | 'archive_empty'
  | 'archive_truncated'
  | 'archive_damaged'
  | 'archive_encrypted'
  | 'archive_unsupported'
  | 'archive_too_large'
  | 'archive_too_many_entries'
  | 'archive_bomb'
  | 'entry_unsafe_path'
  | 'entry_not_regular'
  | 'entry_duplicate'
  | 'entry_too_large'
  | 'entry_damaged'
  | 'missing_file'
  | 'bad_encoding'
  | 'bad_json'
  | 'bad_shape'
  | 'bad_timestamp'
  | 'bad_date'
  | 'duplicate_id';

export class ImportError extends Error {
  readonly code: ImportErrorCode;

  constructor(code: ImportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImportError';
    this.code = code;
  }
}
