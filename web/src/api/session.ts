import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { get, patch, post, remove, setCsrfToken } from './client.ts';
import { isProblem } from './problem.ts';
import type { Session } from './wire.ts';

async function loadSession(): Promise<Session | null> {
  try {
    return remember(await get<Session>('/api/v1/session'));
  } catch (error) {
    if (isProblem(error) && error.status === 401) return null;
    throw error;
  }
}

function remember(session: Session): Session {
  setCsrfToken(session.csrfToken);
  return session;
}

/** Who is signed in, or null. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: loadSession,
  staleTime: 5 * 60_000,
});

export async function signIn(client: QueryClient, email: string, password: string): Promise<Session> {
  const session = remember(await post<Session>('/api/v1/session', { email, password }));
  client.setQueryData(sessionQuery.queryKey, session);
  return session;
}

export async function signOut(client: QueryClient): Promise<void> {
  await remove('/api/v1/session');
  setCsrfToken(undefined);
  client.clear();
  client.setQueryData(sessionQuery.queryKey, null);
}

export async function acceptInvitation(
  client: QueryClient,
  token: string,
  answer: { firstName: string; lastName: string; password: string },
): Promise<Session> {
  const path = `/api/v1/invitations/${encodeURIComponent(token)}/accept`;
  const session = remember(await post<Session>(path, answer));
  client.setQueryData(sessionQuery.queryKey, session);
  return session;
}

export const savePreferences = (preferences: { language?: string; theme?: string }): Promise<unknown> =>
  patch('/api/v1/session/preferences', preferences);
