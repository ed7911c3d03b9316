/** What the page of the benches offers to be called from outside. */
import { writeDexie, writeOurs } from './cache-writes.ts';

const bench = { writeOurs, writeDexie };
export type BenchPage = typeof bench;

Object.assign(globalThis, { bench });
