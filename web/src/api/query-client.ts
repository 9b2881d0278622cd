import { QueryClient } from '@tanstack/react-query';
import { isProblem } from './problem.ts';

const RETRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      // A refusal stays one; only an unreachable or failing server is worth asking again.
      retry: (count, error) => count < RETRIES && !(isProblem(error) && error.status >= 400 && error.status < 500),
    },
  },
});
