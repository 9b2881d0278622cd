import { createAppAuth } from '@octokit/auth-app';
import { EgressFailure } from '#platform/egress/egress-failure.ts';
import { type Egress, type EgressResponse, responseText } from '#platform/egress/egress.ts';
import { hideTexts } from '#platform/hide-texts.ts';
import { isJsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import type { ConnectionKindName } from './contract.ts';

export interface TestedConnection {
  readonly kind: ConnectionKindName;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** What the other side says to the credentials. `asked` is false where there is nothing to ask it about. */
export interface ConnectionTest {
  readonly works: boolean;
  readonly asked: boolean;
  /** Whom the other side knows by these credentials. */
  readonly account: string | null;
  /** Why it does not work, without any secret. */
  readonly message: string | null;
}

export interface TestParts {
  readonly egress: Egress;
  readonly githubApiUrl: string;
  readonly gitlabUrl: string;
}

const timeoutMs = 10_000;
const nothingToAsk: ConnectionTest = { works: true, asked: false, account: null, message: null };

/** Asks the other side who the credentials belong to; changes nothing there. */
export async function testConnection(parts: TestParts, connection: TestedConnection): Promise<ConnectionTest> {
  const ask = { github: testGitHub, gitlab: testGitLab, 'azure-devops': testNothing, kafka: testNothing }[
    connection.kind
  ];
  try {
    return await ask(parts, connection);
  } catch (error) {
    const message =
      error instanceof EgressFailure || error instanceof Problem ? error.message : 'The private key cannot be read.';
    return { works: false, asked: true, account: null, message: withoutSecrets(message, connection) };
  }
}

const testNothing = async (): Promise<ConnectionTest> => nothingToAsk;

async function testGitHub({ egress, githubApiUrl }: TestParts, connection: TestedConnection): Promise<ConnectionTest> {
  const { settings, secrets } = connection;
  const base = addressOf(settings['apiUrl'], githubApiUrl);
  const ask = async (path: string, token: string): Promise<EgressResponse> =>
    egress.request({
      url: `${base}${path}`,
      headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json', 'user-agent': 'Quayside' },
      timeoutMs,
    });
  const { appId, installationId } = settings;
  if (typeof appId === 'string' && secrets['privateKey'] !== undefined) {
    const { token } = await createAppAuth({ appId, privateKey: secrets['privateKey'] })({ type: 'app' });
    const app = await ask('/app', token);
    if (!app.ok || typeof installationId !== 'string') return verdict('GitHub', app, 'name', connection);
    return verdict('GitHub', await ask(`/app/installations/${installationId}`, token), 'app_slug', connection);
  }
  const token = secrets['token'] ?? '';
  const user = await ask('/user', token);
  // Tokens of an installation belong to nobody, and may still be good.
  return verdict('GitHub', user.status === 403 ? await ask('/rate_limit', token) : user, 'login', connection);
}

async function testGitLab({ egress, gitlabUrl }: TestParts, connection: TestedConnection): Promise<ConnectionTest> {
  const { token } = connection.secrets;
  // A trigger token can do one thing alone: start a pipeline.
  if (token === undefined) return nothingToAsk;
  const url = `${addressOf(connection.settings['url'], gitlabUrl)}/api/v4/user`;
  const headers = { 'PRIVATE-TOKEN': token, 'User-Agent': 'Quayside' };
  return verdict('GitLab', await egress.request({ url, headers, timeoutMs }), 'username', connection);
}

const addressOf = (given: unknown, otherwise: string): string =>
  (typeof given === 'string' ? given : otherwise).replace(/\/+$/, '');

function verdict(name: string, answer: EgressResponse, field: string, connection: TestedConnection): ConnectionTest {
  const body = jsonIn(responseText(answer));
  const said = isJsonObject(body) ? body : {};
  const account = typeof said[field] === 'string' ? said[field] : null;
  if (answer.ok && isJsonObject(body)) return { works: true, asked: true, account, message: null };
  const why = typeof said['message'] === 'string' ? `: ${said['message'].slice(0, 300)}` : '';
  const message = answer.ok
    ? `This address does not answer as ${name} does.`
    : `${name} answered ${answer.status}${withoutSecrets(why, connection)}.`;
  return { works: false, asked: true, account: null, message };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const withoutSecrets = (message: string, { secrets }: TestedConnection): string =>
  hideTexts(message, Object.values(secrets)) as string;
