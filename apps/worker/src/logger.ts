import { pino } from 'pino';

export const workerLog = pino({ base: { name: 'worker' } });
