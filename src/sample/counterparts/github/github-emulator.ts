import { createEmulator } from 'emulate';
import type { FetchLike } from '../fetch-like.ts';
import { forwarder } from '../forward.ts';
import type { Forward } from '../forward.ts';
import { jsonObject } from '../received-request.ts';

export interface GitHubRepositorySeed {
  readonly owner: string;
  readonly name: string;
  readonly description?: string;
  readonly isPrivate?: boolean;
  /** Default `main`. */
  readonly defaultBranch?: string;
  /** Further branches and tags that a dispatch may name. */
  readonly refs?: readonly string[];
  /** Workflow files by name, instead of those of the folder. */
  readonly workflows?: Readonly<Record<string, string>>;
}

export interface GitHubAppSeed {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly installationId: number;
}

export interface GitHubEmulator {
  readonly origin: string;
  readonly forward: Forward;
  /** PEM of the seeded GitHub App. */
  readonly appPrivateKey: string | undefined;
  repository(owner: string, name: string): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** The account that the token and the runner act as. */
export const gitHubLogin = 'quayside-bot';

export async function startGitHubEmulator(
  seed: { repositories: readonly GitHubRepositorySeed[]; app?: GitHubAppSeed },
  token: string,
  fetch: FetchLike,
  outerOrigin: () => string,
): Promise<GitHubEmulator> {
  const emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: { [token]: { login: gitHubLogin, scopes: ['repo', 'workflow', 'user', 'admin:org', 'admin:repo_hook'] } },
      github: emulateSeed(seed),
    },
  });
  const origin = `http://127.0.0.1:${new URL(emulator.url).port}`;
  const forward = forwarder(fetch, origin, outerOrigin);
  // Asked for with every run that is shown, and `emulate` allows a token 5,000 calls an hour.
  const known = new Map<string, Promise<Record<string, unknown>>>();
  const readRepository = async (url: string): Promise<Record<string, unknown>> => {
    const asked = { method: 'GET', url, path: url, query: new URLSearchParams(), body: Buffer.alloc(0) };
    const answer = await forward({ ...asked, headers: { authorization: `Bearer ${token}` } });
    return jsonObject(answer.body.toString('utf8')) ?? {};
  };
  return {
    origin,
    forward,
    appPrivateKey: emulator.generatedSecrets.find(({ kind }) => kind === 'github.app_private_key')?.value,
    repository(owner, name) {
      const url = `/repos/${owner}/${name}`;
      const answer = known.get(url) ?? readRepository(url);
      known.set(url, answer);
      return answer;
    },
    close: () => emulator.close(),
  };
}

function emulateSeed(seed: {
  repositories: readonly GitHubRepositorySeed[];
  app?: GitHubAppSeed;
}): Record<string, unknown> {
  const owners = [...new Set(seed.repositories.map(({ owner }) => owner))];
  const { app } = seed;
  return {
    users: [{ login: gitHubLogin, name: 'Quayside', email: 'quayside@example.com' }],
    orgs: owners.map((login) => ({ login, name: login, members: [{ login: gitHubLogin, role: 'admin' }] })),
    repos: seed.repositories.map((repository) => ({
      owner: repository.owner,
      name: repository.name,
      description: repository.description,
      private: repository.isPrivate ?? false,
      default_branch: repository.defaultBranch ?? 'main',
    })),
    apps: app
      ? [
          {
            app_id: app.id,
            slug: app.slug,
            name: app.name,
            permissions: { actions: 'write', contents: 'read', issues: 'write', metadata: 'read' },
            events: ['workflow_run'],
            installations: owners.map((account, index) => ({
              installation_id: app.installationId + index,
              account,
              repository_selection: 'all',
            })),
          },
        ]
      : [],
  };
}
