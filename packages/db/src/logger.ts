import { pino } from 'pino';

export const databaseLog = pino({ name: 'database' });
