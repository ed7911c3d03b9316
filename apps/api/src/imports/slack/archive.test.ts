import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, openArchive, type ArchiveLimits } from './archive.ts';
import { zipOf, zipOfJson, type ZipFile } from './zip.fixture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-archive-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Opens the bytes as an archive and reads every JSON file in it. */
async function readAll(bytes: Buffer, limits: Partial<ArchiveLimits> = {}): Promise<Record<string, unknown>> {
  const path = join(folder, 'export.zip');
  await writeFile(path, bytes);
  const archive = await openArchive(path, { ...DEFAULT_LIMITS, ...limits });
  try {
    const contents: Record<string, unknown> = {};
    for (const name of archive.names) contents[name] = await archive.readJson(name);
    return contents;
  } finally {
    archive.close();
  }
}

const users: ZipFile = { name: 'users.json', content: '[]' };
const spaces = (count: number) => `[${' '.repeat(count)}]`;

describe('a sound archive', () => {
  test('gives its JSON files, packed or stored, with a byte order mark or without', async () => {
    const bytes = zipOf([
      users,
      { name: 'general/', mode: 0o040755 },
      { name: 'general/a.json', content: '\ufeff{"a":"ü"}', stored: true, mode: 0o100644 },
    ]);
    expect(await readAll(bytes)).toEqual({ 'users.json': [], 'general/a.json': { a: 'ü' } });
  });

  test('may lie in a folder, and what an operating system adds is passed over', async () => {
    const bytes = zipOfJson({
      'My export/users.json': [1],
      'My export/general/a.json': [2],
      '__MACOSX/._users.json': 3,
    });
    expect(await readAll(bytes)).toEqual({ 'users.json': [1], 'general/a.json': [2] });
  });

  test('names other files without opening them', async () => {
    const path = join(folder, 'other.zip');
    await writeFile(path, zipOf([users, { name: 'more.zip', content: zipOf([users]) }]));
    const archive = await openArchive(path);
    expect(archive.otherFiles).toEqual(['more.zip']);
    archive.close();
  });
});

const sound = zipOf([users, { name: 'general/a.json', content: JSON.stringify([1, 2, 3]) }]);

const refused: readonly [string, string, Buffer, Partial<ArchiveLimits>?][] = [
  ['an empty file', 'not_a_zip', Buffer.alloc(0)],
  ['a text', 'not_a_zip', Buffer.from('hello, this is not a zip')],
  ['a gzip', 'not_a_zip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0])],
  ['a zip without files', 'archive_empty', zipOf([])],
  ['a zip of folders only', 'archive_empty', zipOf([{ name: 'general/', stored: true }])],
  ['a zip without its end', 'archive_truncated', sound.subarray(0, sound.length - 30)],
  ['half a zip', 'archive_truncated', sound.subarray(0, sound.length / 2)],
  ['a zip with bytes behind its end', 'archive_truncated', Buffer.concat([sound, Buffer.from('more')])],
  [
    'a damaged directory',
    'archive_damaged',
    Buffer.from(sound.toString('latin1').replace('PK\x01\x02', 'PK\x01\x09'), 'latin1'),
  ],
  ['a password', 'archive_encrypted', zipOf([{ ...users, encrypted: true }])],
  ['another packing method', 'archive_unsupported', zipOf([{ ...users, method: 14 }])],
  ['a path that climbs', 'entry_unsafe_path', zipOf([users, { name: '../../etc/cron.d/x.json', content: '[]' }])],
  ['a path that climbs in the middle', 'entry_unsafe_path', zipOf([users, { name: 'a/../../x.json', content: '[]' }])],
  ['an absolute path', 'entry_unsafe_path', zipOf([users, { name: '/etc/passwd', content: '[]' }])],
  ['a path with a drive', 'entry_unsafe_path', zipOf([users, { name: 'C:x.json', content: '[]' }])],
  ['a backslash', 'entry_unsafe_path', zipOf([users, { name: 'general\\..\\x.json', content: '[]' }])],
  ['a NUL in a name', 'entry_unsafe_path', zipOf([users, { name: 'general/a\0.json', content: '[]' }])],
  ['an empty name', 'entry_unsafe_path', zipOf([users, { name: '', content: '[]' }])],
  ['a symbolic link', 'entry_not_regular', zipOf([{ ...users, content: '/etc/passwd', mode: 0o120777 }])],
  ['a device', 'entry_not_regular', zipOf([{ ...users, mode: 0o060660 }])],
  ['the same name twice', 'entry_duplicate', zipOf([users, users])],
  ['a file and a folder of one name', 'entry_duplicate', zipOf([users, { name: 'a' }, { name: 'a/' }])],
  ['a wrong checksum', 'entry_damaged', zipOf([{ ...users, claimedChecksum: 1 }])],
  ['a size that is a lie, too small', 'entry_damaged', zipOf([{ ...users, content: spaces(5000), claimedSize: 10 }])],
  ['a size that is a lie, too large', 'entry_damaged', zipOf([{ ...users, claimedSize: 10_000 }])],
  ['packed bytes that are none', 'entry_damaged', zipOf([{ ...users, content: 'xxxxxxx', stored: true, method: 8 }])],
  ['a bomb', 'archive_bomb', zipOf([{ ...users, content: spaces(4_000_000) }])],
  ['a bomb that says it is small', 'entry_damaged', zipOf([{ ...users, content: spaces(4_000_000), claimedSize: 9 }])],
  ['too large a file', 'entry_too_large', zipOf([{ ...users, content: spaces(3000) }]), { entryBytes: 1000 }],
  [
    'too much in all',
    'archive_too_large',
    zipOf([users, { name: 'b.json', content: spaces(900) }]),
    { totalBytes: 900 },
  ],
  ['too large an archive', 'archive_too_large', sound, { archiveBytes: 50 }],
  ['too many files', 'archive_too_many_entries', sound, { entries: 1 }],
  ['bytes that are not UTF-8', 'bad_encoding', zipOf([{ ...users, content: Buffer.from([0x22, 0xff, 0x22]) }])],
  ['broken JSON', 'bad_json', zipOf([{ ...users, content: '[{"id":"U1",}]' }])],
];

test.each(refused)('refuses %s: %s', async (_what, code, bytes, limits) => {
  await expect(readAll(bytes, limits)).rejects.toMatchObject({ name: 'ImportError', code });
});

test('refuses a path with no file and a folder', async () => {
  await expect(openArchive(join(folder, 'none.zip'))).rejects.toMatchObject({ code: 'file_not_found' });
  await expect(openArchive(folder)).rejects.toMatchObject({ code: 'not_a_file' });
});

test('names the file and the place of broken JSON, not its content', async () => {
  const bytes = zipOf([{ name: 'general/a.json', content: '[\n  {"text": "secret", oops}\n]' }]);
  await expect(readAll(bytes)).rejects.toThrow('"general/a.json" is not valid JSON at line 2, column 22.');
});

test('every cut of an archive is refused, never half read', async () => {
  for (let length = 0; length < sound.length; length += 1) {
    await expect(readAll(sound.subarray(0, length))).rejects.toMatchObject({ name: 'ImportError' });
  }
});
