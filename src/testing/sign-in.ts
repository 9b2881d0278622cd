import { send, type TestAnswer, type TestApp } from './start-app.ts';

/** Somebody signed in as the web UI is: a session cookie, and the CSRF token on what changes something. */
export interface Visitor {
  readonly id: string;
  readonly email: string;
  readonly cookie: string;
  readonly csrfToken: string;
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
}

export async function signIn(app: Pick<TestApp, 'url'>, email: string, password: string): Promise<Visitor> {
  return visitor(app, await send(`${app.url}/api/v1/session`, 'POST', { email, password }, {}));
}

export async function signInAdministrator(app: TestApp): Promise<Visitor> {
  return signIn(app, app.adminEmail, app.adminPassword);
}

export interface NewVisitor {
  readonly email: string;
  readonly roles?: readonly string[];
  readonly teams?: readonly string[];
  readonly firstName?: string;
  readonly lastName?: string;
}

/** Invites a person and accepts for them. */
export async function addPerson(
  app: TestApp,
  { firstName = 'Test', lastName = 'Person', ...invitation }: NewVisitor,
): Promise<Visitor> {
  const invited = await app.call('POST', '/api/v1/invitations', invitation);
  const { link } = invited.body['invitation'] as { link: string };
  const token = link.slice(link.lastIndexOf('/') + 1);
  const acceptance = { firstName, lastName, password: 'a password for tests' };
  return visitor(app, await send(`${app.url}/api/v1/invitations/${token}/accept`, 'POST', acceptance, {}));
}

function visitor(app: Pick<TestApp, 'url'>, answer: TestAnswer): Visitor {
  if (answer.status !== 200) throw new Error(`Could not sign in: ${JSON.stringify(answer.body)}`);
  const { person, csrfToken } = answer.body as { person: { id: string; email: string }; csrfToken: string };
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return {
    ...person,
    cookie,
    csrfToken,
    call: async (method, path, body, headers) =>
      send(`${app.url}${path}`, method, body, { cookie, 'x-csrf-token': csrfToken, ...headers }),
  };
}
