import type { TestProject } from 'vitest/node';
import { startThrowawayCluster } from './test-cluster.ts';

/** Vitest's global setup of the database tests: one cluster for the whole run, gone after it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startThrowawayCluster();
  project.provide('testClusterUrl', cluster.url);
  return () => cluster.remove();
}
