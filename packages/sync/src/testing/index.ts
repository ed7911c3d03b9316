/** What tests need to drive the engine that ships: a clock, a network and tabs in one process, with faults to order. */
export { createDirectNetwork, type DirectNetwork, type DirectServer } from './direct-network.ts';
export { createDiskFaults, type DiskCall, type DiskFailure, type DiskFaults } from './faulty-disk.ts';
export { createFreezer, type Freezer } from './freezer.ts';
export { createTabGroup, type TabGroup, type TestTab } from './tab-group.ts';
export { createVirtualTimers, type VirtualTimers } from './virtual-timers.ts';
export { copyDatabase, databasesOf, deleteDatabase, makeFirstOutbox, makeForeignCache } from './raw-databases.ts';
