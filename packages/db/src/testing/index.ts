export { type DurableTestCluster, createDurableTestCluster } from './test-cluster.ts';
export { type TestDatabase, createEmptyTestDatabase, createTestDatabase } from './test-database.ts';
