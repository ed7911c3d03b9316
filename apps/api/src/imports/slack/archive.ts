import { open as openFile, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { getFileNameLowLevel, openPromise, type Entry, type ZipFile } from 'yauzl';
import { ImportError } from './errors.ts';
import { jsonErrorPosition } from './json-position.ts';

/**
 * Reads the JSON files of a zip without trusting a word of it: nothing is unpacked to disk, every limit is held
 * against the bytes that really come out (headers may lie), and the first oddity refuses the whole archive.
 */
export interface Archive {
  /** Names of the JSON files, in the archive's order, below the folder that holds the export. */
  readonly names: readonly string[];
  /** Files that are neither JSON nor rubbish of the operating system: pictures, nested archives. */
  readonly otherFiles: readonly string[];
  /** The parsed file. Throws `bad_json`, `bad_encoding`, `entry_too_large`, `entry_damaged` or `archive_bomb`. */
  readJson(name: string): Promise<unknown>;
  /** Bytes that came out so far. */
  bytesRead(): number;
  close(): void;
}

export interface ArchiveLimits {
  /** Bytes of the zip itself. */
  readonly archiveBytes: number;
  readonly entries: number;
  /** Unpacked bytes of one file. */
  readonly entryBytes: number;
  /** Unpacked bytes of all files together. */
  readonly totalBytes: number;
  /** Unpacked ÷ packed bytes of one file, held once it is larger than 1 MiB. */
  readonly ratio: number;
}

const MIB = 1024 * 1024;

/** Slack's JSON packs 5 to 20 times, the densest day seen 60 times; deflate itself ends at 1,032. */
export const DEFAULT_LIMITS: ArchiveLimits = {
  archiveBytes: 512 * MIB,
  entries: 200_000,
  entryBytes: 128 * MIB,
  totalBytes: 512 * MIB,
  ratio: 200,
};

const RATIO_APPLIES_FROM = MIB;
const FILE_TYPE_MASK = 0o170000;
const REGULAR_FILE = 0o100000;
const DIRECTORY = 0o040000;

export async function openArchive(path: string, limits: ArchiveLimits = DEFAULT_LIMITS): Promise<Archive> {
  await mustBeZipFile(path, limits);
  const zip = await openZip(path);
  try {
    const entries = await readDirectory(zip, limits);
    return new ZipArchive(zip, entries, limits);
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function mustBeZipFile(path: string, limits: ArchiveLimits): Promise<void> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new ImportError('file_not_found', `There is no file ${path}, or it may not be read.`, { cause });
  });
  if (!info.isFile()) throw new ImportError('not_a_file', `${path} is not a file. Give the zip that Slack made.`);
  if (info.size > limits.archiveBytes) {
    throw new ImportError(
      'archive_too_large',
      `${path} has ${mebibytes(info.size)}; the limit is ${mebibytes(limits.archiveBytes)}. Raise it with --max-size.`,
    );
  }
  const head = Buffer.alloc(4);
  await using file = await openFile(path, 'r');
  const { bytesRead } = await file.read(head, 0, 4, 0);
  const signature = bytesRead === 4 ? head.readUInt32LE(0) : 0;
  if (signature === 0x06054b50) throw new ImportError('archive_empty', `${path} is a zip with nothing in it.`);
  if (signature !== 0x04034b50) throw new ImportError('not_a_zip', `${path} is not a zip file.`);
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false, decodeStrings: false });
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : '';
    if (words.startsWith('multi-disk')) {
      throw new ImportError('archive_unsupported', `${path} is one part of a split zip. Join the parts first.`, {
        cause,
      });
    }
    // The first bytes were right and the directory at the end is not there: an unfinished download.
    throw new ImportError('archive_truncated', `${path} is cut off: its end is missing. Copy or download it again.`, {
      cause,
    });
  }
}

async function readDirectory(zip: ZipFile, limits: ArchiveLimits): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  const seen = new Set<string>();
  try {
    for await (const entry of zip.eachEntry()) {
      const name = mustBeSafeName(entry);
      if (seen.has(name)) throw new ImportError('entry_duplicate', `The archive names ${quote(name)} twice.`);
      seen.add(name);
      if (seen.size > limits.entries) {
        throw new ImportError('archive_too_many_entries', `The archive has more than ${limits.entries} files.`);
      }
      if (mustBeFileOrDirectory(entry, name) === 'file') entries.set(name, entry);
    }
  } catch (cause) {
    if (cause instanceof ImportError) throw cause;
    const words = cause instanceof Error ? cause.message : '';
    if (words.startsWith('strong encryption')) throw encrypted(cause);
    throw new ImportError('archive_damaged', 'The directory of the archive is damaged. Copy or download it again.', {
      cause,
    });
  }
  return entries;
}

function mustBeSafeName(entry: Entry): string {
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true).normalize();
  const path = name.endsWith('/') ? name.slice(0, -1) : name;
  const parts = path.split('/');
  const unsafe =
    // oxlint-disable-next-line no-control-regex -- control characters in a name are what is looked for
    /[\u0000-\u001f\u007f\\]/.test(name) ||
    /^[a-zA-Z]:/.test(name) ||
    parts.some((part) => part === '' || part === '.' || part === '..');
  if (unsafe) throw new ImportError('entry_unsafe_path', `The archive holds an unsafe path: ${quote(name)}.`);
  return path;
}

function mustBeFileOrDirectory(entry: Entry, name: string): 'file' | 'directory' {
  if (entry.isEncrypted()) throw encrypted();
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK;
  if (type !== 0 && type !== REGULAR_FILE && type !== DIRECTORY) {
    throw new ImportError('entry_not_regular', `${quote(name)} in the archive is a link or device, not a file.`);
  }
  if (!entry.canDecodeFileData()) {
    throw new ImportError('archive_unsupported', `${quote(name)} is packed by a method that is not supported.`);
  }
  return type === DIRECTORY || entry.fileNameRaw.at(-1) === 0x2f ? 'directory' : 'file';
}

class ZipArchive implements Archive {
  readonly names: readonly string[];
  readonly otherFiles: readonly string[];
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #limits: ArchiveLimits;
  #bytesRead = 0;

  constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>, limits: ArchiveLimits) {
    this.#zip = zip;
    this.#limits = limits;
    this.#entries = withoutWrappingFolder(withoutRubbish(entries));
    const names = [...this.#entries.keys()];
    this.names = names.filter((name) => name.endsWith('.json'));
    this.otherFiles = names.filter((name) => !name.endsWith('.json'));
    if (names.length === 0) throw new ImportError('archive_empty', 'The archive is a zip with no file in it.');
  }

  async readJson(name: string): Promise<unknown> {
    const bytes = await this.#read(name);
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new ImportError('bad_encoding', `${quote(name)} is not UTF-8 text.`, { cause });
    }
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      const { line, column } = jsonErrorPosition(text);
      throw new ImportError('bad_json', `${quote(name)} is not valid JSON at line ${line}, column ${column}.`, {
        cause,
      });
    }
  }

  bytesRead(): number {
    return this.#bytesRead;
  }

  close(): void {
    this.#zip.close();
  }

  async #read(name: string): Promise<Buffer> {
    const entry = this.#entries.get(name);
    if (!entry) throw new ImportError('missing_file', `The archive has no ${quote(name)}.`);
    const chunks: Buffer[] = [];
    let size = 0;
    let checksum = 0;
    try {
      const stream = await this.#zip.openReadStreamPromise(entry);
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        size += chunk.length;
        this.#bytesRead += chunk.length;
        this.#mustBeWithinLimits(name, size, entry.compressedSize);
        checksum = crc32(chunk, checksum);
        chunks.push(chunk);
      }
    } catch (cause) {
      if (cause instanceof ImportError) throw cause;
      throw damagedEntry(name, cause);
    }
    if (checksum !== entry.crc32) throw damagedEntry(name);
    return Buffer.concat(chunks, size);
  }

  #mustBeWithinLimits(name: string, size: number, packed: number): void {
    if (size > RATIO_APPLIES_FROM && size > packed * this.#limits.ratio) {
      throw new ImportError(
        'archive_bomb',
        `${quote(name)} unpacks to more than ${this.#limits.ratio} times its size: this is not an export of Slack.`,
      );
    }
    if (size > this.#limits.entryBytes) {
      throw new ImportError(
        'entry_too_large',
        `${quote(name)} unpacks to more than ${mebibytes(this.#limits.entryBytes)}. Raise the limit with --max-size.`,
      );
    }
    if (this.#bytesRead > this.#limits.totalBytes) {
      throw new ImportError(
        'archive_too_large',
        `The archive unpacks to more than ${mebibytes(this.#limits.totalBytes)}. Raise the limit with --max-size.`,
      );
    }
  }
}

function withoutRubbish(entries: ReadonlyMap<string, Entry>): Map<string, Entry> {
  return new Map(
    [...entries].filter(([name]) => !name.startsWith('__MACOSX/') && !/(^|\/)(\.DS_Store|Thumbs\.db)$/.test(name)),
  );
}

/** People unpack an export and zip its folder again: `my export/users.json` is read as `users.json`. */
function withoutWrappingFolder(entries: Map<string, Entry>): Map<string, Entry> {
  const first = entries.keys().next().value;
  const folder = first?.includes('/') ? first.slice(0, first.indexOf('/') + 1) : undefined;
  if (!folder || !entries.has(`${folder}users.json`)) return entries;
  if (![...entries.keys()].every((name) => name.startsWith(folder))) return entries;
  return new Map([...entries].map(([name, entry]) => [name.slice(folder.length), entry]));
}

function encrypted(cause?: unknown): ImportError {
  return new ImportError('archive_encrypted', 'The archive is locked with a password. Unlock it first.', { cause });
}

function damagedEntry(name: string, cause?: unknown): ImportError {
  return new ImportError('entry_damaged', `${quote(name)} is damaged in the archive. Copy or download it again.`, {
    cause,
  });
}

/** A name from outside, safe to print: escapes are spelt out, and it is cut at 120 characters. */
export function quote(name: string): string {
  const shown = name.length > 120 ? `${name.slice(0, 119)}…` : name;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function mebibytes(bytes: number): string {
  return `${(bytes / MIB).toLocaleString('en', { maximumFractionDigits: 1 })} MiB`;
}
