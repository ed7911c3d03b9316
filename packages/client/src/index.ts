/** Parley for other TypeScript services: its procedures with their types, and nothing of its server's code. */
export { createParleyClient, type ParleyClient, type ParleyClientOptions } from './parley-client.ts';
export { ParleyError } from './parley-error.ts';
