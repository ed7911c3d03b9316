/** Administration talks to the server directly; this is its one client. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { callsLink } from '../accounts/account-calls.ts';
import { useRealtimeMessaging } from '../sync/use-realtime-messaging.ts';
import { administration } from './administration.ts';

const queryClient = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 10_000 } } });
const client = administration.createClient({ links: [callsLink] });

export function Administration({ children }: { children: ReactNode }) {
  return (
    <administration.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </administration.Provider>
  );
}

/** Whether the server can be asked now. The browser's own word for it misses a server that is down. */
export const useOnline = (): boolean => useRealtimeMessaging().isConnected;
