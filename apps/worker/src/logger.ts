import { pino } from 'pino';

export const workerLog = pino({ name: 'worker', base: null });
