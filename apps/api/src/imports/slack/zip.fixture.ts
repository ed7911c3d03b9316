import { crc32, deflateRawSync } from 'node:zlib';

/** A file for a zip made by a test. Everything that a forger could lie about can be set. */
export interface ZipFile {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly encrypted?: boolean;
  /** Unix mode, such as `0o120777` for a symbolic link. */
  readonly mode?: number;
  readonly stored?: boolean;
  readonly method?: number;
  readonly claimedSize?: number;
  readonly claimedChecksum?: number;
}

/** The bytes of a zip. */
export function zipOf(files: readonly ZipFile[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const content = Buffer.from(file.content ?? '');
    const data = file.stored ? content : deflateRawSync(content);
    const name = Buffer.from(file.name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800 | (file.encrypted ? 1 : 0), 2);
    common.writeUInt16LE(file.method ?? (file.stored ? 0 : 8), 4);
    common.writeUInt32LE(file.claimedChecksum ?? crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(file.claimedSize ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([uint32(0x04034b50), common, name, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((file.mode ?? 0) * 0x10000, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([uint32(0x02014b50), Buffer.from([20, 3]), common, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, uint32(0x06054b50), end]);
}

/** A zip of JSON files: `{ 'users.json': [...] }`. */
export function zipOfJson(files: Readonly<Record<string, unknown>>): Buffer {
  return zipOf(Object.entries(files).map(([name, content]) => ({ name, content: JSON.stringify(content) })));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
