/** What tests need to drive the engine that ships: a network and tabs in one process, with faults to order. */
export { createDirectNetwork, type DirectNetwork, type DirectServer } from './direct-network.ts';
export { createTabGroup, type TabGroup } from './tab-group.ts';
