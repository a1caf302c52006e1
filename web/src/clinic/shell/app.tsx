import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, type ComponentType } from 'react';
import { Problem } from '../../common/problem';
import { SessionProvider } from '../data/session/session';
import { theme } from '../kit/theme';
import { Door } from './door';

/** Nothing is announced before the page is there; what was is shown as soon as this is. */
const Announcements = lazy<ComponentType>(() => import('./announcements').catch(() => ({ default: () => null })));

/** A refusal is an answer; only what may pass by itself is tried again. */
function worthRetrying(count: number, error: Error): boolean {
  const refused = error instanceof Problem && error.status < 500 && error.status !== 429;
  return !refused && count < 3;
}

const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: worthRetrying, staleTime: 10_000, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        <Suspense>
          <Announcements />
        </Suspense>
        <SessionProvider>
          <Door />
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
