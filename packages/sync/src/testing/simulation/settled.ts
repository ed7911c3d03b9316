/** Whether everybody has what the server has: in every tab's memory, and on every disk. */
import { unwritten } from './database.ts';
import {
  isPaged,
  notesScope,
  othersNotes,
  pagedTable,
  peopleScope,
  residentTables,
  threadScope,
  toFirstSchema,
  userScope,
  type Tables,
} from './program.ts';
import type { Device, OpenTab, World } from './world.ts';

/** @returns what is still missing somewhere; `null` where nothing is */
export function unsettled(world: World): string | null {
  for (const device of world.devices) {
    const lacking = unsettledDevice(world, device);
    if (lacking !== null) return `${device.name}: ${lacking}`;
  }
  return null;
}

function unsettledDevice(world: World, device: Device): string | null {
  const leader = device.tabs.find(({ engine }) => engine.status().leads);
  if (!leader) return 'nobody leads';
  if (leader.engine.status().connection.state !== 'live') return `it is ${leader.engine.status().connection.state}`;
  const parked = parkedIn(device);
  for (const { tab, started, engine } of device.tabs) {
    if (!started) return `${tab.name} has not started`;
    const open = engine.items().find(({ id, state }) => state !== 'failed' && !parked.has(id));
    if (open) return `${tab.name} has ${open.name} ${open.id}, ${open.state}`;
  }
  for (const item of device.profile.outbox?.items.values() ?? []) {
    if (item.state !== 'failed' && !parked.has(item.id)) return `the disk has ${item.name} ${item.id}, ${item.state}`;
  }
  const scopes = readableScopes(world, device.personId);
  const kept = device.tabs.every(({ engine }) => engine.status().storage === 'disk');
  const onDisk = kept ? diskDiffers(world, device, scopes) : null;
  if (onDisk !== null) return `the disk ${onDisk}`;
  for (const open of device.tabs) {
    const lacking = tabDiffers(world, device, open, scopes);
    if (lacking !== null) return `${open.tab.name} ${lacking}`;
  }
  return null;
}

/** What waits for something that was refused, and so for the person. */
function parkedIn({ profile }: Device): Set<string> {
  const parked = new Set<string>();
  const items = profile.outbox?.inOrder() ?? [];
  const byId = new Map(items.map((item) => [item.id, item]));
  const isStuck = (id: string): boolean => byId.get(id)?.state === 'failed' || parked.has(id);
  for (const { id, state, n, after = [] } of items) {
    if (state === 'waiting' && n === 0 && after.some(isStuck)) parked.add(id);
  }
  return parked;
}

export function readableScopes(world: World, personId: string): string[] {
  const threads = world.database.liveRows(userScope(personId)).flatMap(({ table, id, data }) => {
    if (table !== 'membership') return [];
    const { active, org } = data as Tables['membership'];
    const notes = org === undefined ? [] : [notesScope(id, org)];
    return active ? [threadScope(id), peopleScope(id), ...notes] : [];
  });
  return [userScope(personId), ...threads];
}

const shapeOf = (device: Device, table: string, id: string, data: object | null): string =>
  JSON.stringify(device.line.release === 'before' ? toFirstSchema([table, id, 0, data])[3] : data);

function diskDiffers(world: World, device: Device, scopes: readonly string[]): string | null {
  const { cache } = device.profile;
  if (!cache) return 'holds no cache';
  for (const [scope, rows] of cache.rows) {
    if (!scopes.includes(scope) && rows.size > 0 && cache.scopes.has(scope)) return `holds ${scope}`;
  }
  for (const scope of scopes) {
    const held = cache.scopes.get(scope);
    if (!held) return `lacks ${scope}`;
    const { version } = world.database.scopes.get(scope) ?? unwritten(scope) ?? {};
    if (held.version !== version) return `has ${scope} at ${held.version} of ${version}`;
    if (held.epoch !== world.database.epochOf(device.personId, scope)) return `has ${scope} of epoch ${held.epoch}`;
    const { low } = held;
    const rows = world.database.liveRows(scope).filter(({ seq }) => seq === null || low === null || seq >= low);
    const stored = cache.rows.get(scope);
    if (rows.length !== (stored?.size ?? 0)) {
      const extra = [...(stored?.keys() ?? [])].filter(
        (key) => !rows.some(({ table, id }) => key === `${table} ${id}`),
      );
      return `has ${stored?.size} of ${rows.length} rows of ${scope} from ${low} on, too many: ${extra.join(', ')}`;
    }
    for (const { table, id, version: rowVersion, data } of rows) {
      const row = stored?.get(`${table} ${id}`);
      if (row?.version !== rowVersion) return `has ${table} ${id} of ${scope} at ${row?.version} of ${rowVersion}`;
      if (JSON.stringify(row.data) !== shapeOf(device, table, id, data))
        return `has another ${table} ${id} in ${scope}`;
    }
  }
  return null;
}

function tabDiffers(world: World, device: Device, { engine, watcher }: OpenTab, scopes: readonly string[]) {
  const queued = new Set(engine.items().map(({ id }) => id));
  for (const scope of scopes) {
    const isOpen = isPaged(scope) && watcher.isOpen(scope);
    const paged = pagedTable(scope);
    const { low, loading, unreachable } = engine.window(scope);
    if (isOpen && loading) return `still loads ${scope}`;
    if (isOpen && unreachable) return `does not reach what is older in ${scope}`;
    const tables = new Set<string>(isOpen ? [...residentTables, paged, 'pin'] : residentTables);
    // A window may say less than it shows.
    const [first] = isOpen ? watcher.messages(scope) : [];
    const from = Math.min(low, first?.data.seq ?? low);
    const rows = world.database
      .liveRows(scope)
      .filter(({ table, seq }) => tables.has(table) && (table !== paged || (seq ?? 0) >= from));
    for (const table of tables) {
      const shown = new Map(engine.rows(scope, table as 'message').map((row) => [row.id, row]));
      const stale = [...shown.values()].find(({ pending }) => pending.some(({ id: act }) => !queued.has(act)));
      if (stale) return `shows ${table} ${stale.id} of ${scope} as changed by what is no longer queued`;
      for (const row of rows) {
        if (row.table !== table) continue;
        const view = shown.get(row.id);
        shown.delete(row.id);
        if (view && view.pending.length > 0) continue;
        // What is to go away, and was refused, stays away until the person decides.
        if (!view && table === 'pin' && engine.items().some(({ name }) => name === 'pin')) continue;
        if (!view) return `does not show ${table} ${row.id} of ${scope}`;
        if (JSON.stringify(view.data) !== shapeOf(device, table, row.id, row.data)) {
          return `shows ${table} ${row.id} of ${scope} as ${JSON.stringify(view.data)}`;
        }
      }
      const extra = [...shown.values()].find(({ pending }) => pending.length === 0);
      if (extra) return `shows ${table} ${extra.id} of ${scope}`;
    }
  }
  const others = world.threads().flatMap((thread) => [threadScope(thread), ...othersNotes(thread, undefined)]);
  for (const scope of others) {
    if (scopes.includes(scope)) continue;
    const shown = engine.rows(scope, pagedTable(scope)).find(({ pending }) => pending.length === 0);
    if (shown) return `shows ${shown.id} of ${scope}, which is not theirs to see`;
  }
  return null;
}
