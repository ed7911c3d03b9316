/** What tests need to drive the engine that ships: a clock, a network and tabs in one process, with faults to order. */
export { createDirectNetwork, type DirectNetwork, type DirectServer } from './direct-network.ts';
export { createFreezer, type Freezer } from './freezer.ts';
export { createTabGroup, type TabGroup, type TestTab } from './tab-group.ts';
export { createVirtualTimers, type VirtualTimers } from './virtual-timers.ts';
