import { createHash } from 'node:crypto';

/**
 * The id that a thing of another system always gets: a UUIDv8 made of the parts that name it. With a time, the first
 * 48 bits are its milliseconds as in UUIDv7, so that imported rows lie together in the indexes.
 */
export function importedId(parts: readonly string[], atMilliseconds?: number): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  if (atMilliseconds !== undefined) bytes.writeUIntBE(atMilliseconds, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
