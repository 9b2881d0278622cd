import { problem } from '#platform/problem.ts';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Calls to a Quayside (or Port) server. Signs in by itself, again when the token has run out. */
export interface PortalClient {
  /**
   * The body of a successful answer. `doing` completes "Could not …" when the call fails, which throws a Problem whose
   * message can be shown as it is.
   */
  readonly call: (call: PortalCall) => Promise<Readonly<Record<string, unknown>>>;
  /** The same for an answer that is read as it comes; the caller looks after the body. */
  readonly open: (call: PortalCall) => Promise<Response>;
}

export interface PortalCall {
  readonly doing: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;

/** Wrong credentials and an unreachable server show at the first call. `baseUrl` has no slash at the end. */
export function createPortalClient(baseUrl: string, credentials: Credentials): PortalClient {
  let token: string | undefined;

  const signIn = async (signal: AbortSignal | undefined): Promise<string> => {
    const call: PortalCall = {
      doing: 'sign in',
      method: 'POST',
      path: '/v1/auth/access_token',
      body: { clientId: credentials.clientId, clientSecret: credentials.clientSecret },
      ...(signal ? { signal } : {}),
    };
    const answer = await readObject(await send(baseUrl, call, undefined), call);
    if (typeof answer['accessToken'] !== 'string') throw unreadable(call);
    return answer['accessToken'];
  };

  const open = async (call: PortalCall): Promise<Response> => {
    const remembered = token;
    token ??= await signIn(call.signal);
    const response = await send(baseUrl, call, token);
    if (response.status !== 401 || remembered === undefined) return refuseFailure(response, call);
    await response.body?.cancel();
    token = await signIn(call.signal);
    return refuseFailure(await send(baseUrl, call, token), call);
  };
  return { open, call: async (call) => readObject(await open(call), call) };
}

async function send(baseUrl: string, call: PortalCall, token: string | undefined): Promise<Response> {
  try {
    return await fetch(baseUrl + call.path, {
      method: call.method,
      headers: {
        accept: 'application/json',
        'user-agent': 'quayside-cli',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...call.headers,
      },
      redirect: 'manual',
      signal: call.signal ?? AbortSignal.timeout(TIMEOUT_MS),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
    const host = URL.parse(baseUrl)?.host ?? 'the server';
    throw problem(
      'unavailable',
      'server_unreachable',
      `Could not ${call.doing}: ${host} gave no answer${code}. Is the address right and the server running?`,
    );
  }
}

async function refuseFailure(response: Response, call: PortalCall): Promise<Response> {
  if (response.ok) return response;
  const body = await readJson(response);
  const said = typeof body?.['message'] === 'string' ? body['message'] : response.statusText;
  const hint = response.status === 401 ? ' Check the client id and the client secret.' : '';
  const moved =
    response.status >= 300 && response.status < 400 ? ' The address leads elsewhere: set the one it leads to.' : '';
  throw problem(
    response.status === 404 ? 'not-found' : 'unavailable',
    'server_refused',
    `Could not ${call.doing}: the server answered ${response.status} ${said}.${hint}${moved}`.replace(
      /\.\.(?=\s|$)/,
      '.',
    ),
    { status: response.status },
  );
}

async function readObject(response: Response, call: PortalCall): Promise<Readonly<Record<string, unknown>>> {
  const body = await readJson(await refuseFailure(response, call));
  if (body === undefined || body['ok'] === false) throw unreadable(call);
  return body;
}

async function readJson(response: Response): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const value: unknown = await response.json();
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(call: PortalCall): Error {
  return problem(
    'unavailable',
    'server_unreadable',
    `Could not ${call.doing}: the answer is not one of Quayside's API. Is the address the one of your Quayside?`,
  );
}
