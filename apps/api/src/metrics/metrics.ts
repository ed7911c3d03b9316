/**
 * What an operator's Prometheus reads of this process at `/metrics`. Each process tells its own; nobody reads it without the
 * token, from wherever they ask: behind a proxy on this machine the whole internet has a local address.
 */
import { createHmac, createHash, timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createCounters, type Counters } from './counters.ts';
import { registerGauges, type Watched } from './gauges.ts';

export interface Metrics extends Counters {
  /** Adds how things stand to what is counted. */
  watch(watched: Watched): void;
  /** All of it, in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  let asked: Promise<string> | undefined;
  return {
    ...createCounters(registry),
    watch: (watched) => registerGauges(registry, watched),
    // Who asks at the same time gets the same answer: one look at the database, however many ask.
    text: () => (asked ??= registry.metrics().finally(() => (asked = undefined))),
    contentType: registry.contentType,
  };
}

/** The token where the operator has set none: as secret as what it is made of, and made nowhere else. */
export const ownToken = (authSecret: string): string =>
  createHmac('sha256', authSecret).update('parley.metrics').digest('base64url');

/** Whether an `Authorization` header brings the token. */
export function mayRead(authorization: string | undefined, token: string): boolean {
  const [, given] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization ?? '') ?? [];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
