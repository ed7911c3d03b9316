import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import {
  liveRequest,
  pageAnswer,
  pageRequest,
  PROTOCOL_VERSION,
  pullRequest,
  pullResponse,
  pushRequest,
  pushResponse,
} from './protocol.ts';

test('[VER1] a shape that changes changes the version: this is what version 2 looks like', () => {
  const shapes = { pullRequest, pullResponse, pageRequest, pageAnswer, pushRequest, pushResponse, liveRequest };
  const described = Object.entries(shapes).map(([name, shape]) => [name, z.toJSONSchema(shape)]);
  const hash = createHash('sha256').update(JSON.stringify(described)).digest('hex').slice(0, 16);
  // Raise the version first; then pin the new hash, and write down what the version before said in old-clients.fixture.
  expect({ version: PROTOCOL_VERSION, hash }).toEqual({ version: 2, hash: 'c8a6afe9bb73ba29' });
});
