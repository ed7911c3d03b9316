import type { AppRouter } from '@parley/api/router';
import { createTRPCReact } from '@trpc/react-query';

/** Calls of administration as React hooks; their code is loaded with the pages that use it. */
export const administration = createTRPCReact<AppRouter>();
