import { createAppAuth } from '@octokit/auth-app';
import type { request as octokitRequest } from '@octokit/request';
import { egressErrorIn } from '#platform/egress/egress-failure.ts';
import { problem } from '#platform/problem.ts';
import type { Problem } from '#platform/problem.ts';

export type GitHubCredentials =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'app';
      readonly appId: string;
      /** PEM. */
      readonly privateKey: string;
      /** Looked up per repository when absent. */
      readonly installationId?: string;
    };

/** Answers the value of the Authorization header for calls about a repository. */
export interface Authorize {
  (org: string, repo: string): Promise<string>;
  /** A new one, when GitHub no longer takes what it gave out; absent where there is only one. */
  readonly anew?: (org: string, repo: string) => Promise<string>;
}

/**
 * Turns credentials into Authorization headers. A GitHub App's installation tokens are fetched when needed and kept
 * until shortly before they expire.
 */
export function createAuthorize(request: typeof octokitRequest, credentials: GitHubCredentials): Authorize {
  if (credentials.kind === 'token') return async () => `Bearer ${credentials.token}`;

  const { appId, privateKey } = credentials;
  if (appId === '' || privateKey === '') return () => Promise.reject(unusableKey());
  const auth = createAppAuth({ appId, privateKey, request });
  const installations = new Map<string, number>();

  const installationOf = async (org: string, repo: string): Promise<number> => {
    if (credentials.installationId !== undefined) return Number(credentials.installationId);
    const known = installations.get(placeOf(org, repo));
    if (known !== undefined) return known;
    const app = await signed(() => auth({ type: 'app' }));
    try {
      const headers = { authorization: `Bearer ${app.token}` };
      const { data } = await request('GET /repos/{owner}/{repo}/installation', { owner: org, repo, headers });
      installations.set(placeOf(org, repo), data.id);
      return data.id;
    } catch (error) {
      throw statusOf(error) === 404 ? notInstalled(org, repo) : error;
    }
  };

  const headerFor = async (org: string, repo: string, refresh: boolean): Promise<string> => {
    const installationId = await installationOf(org, repo);
    try {
      const { token } = await signed(() => auth({ type: 'installation', installationId, refresh }));
      return `Bearer ${token}`;
    } catch (error) {
      // The App may have been installed anew, under another number.
      installations.delete(placeOf(org, repo));
      throw error;
    }
  };
  return Object.assign(async (org: string, repo: string) => headerFor(org, repo, false), {
    anew: async (org: string, repo: string) => headerFor(org, repo, true),
  });
}

/** Failures of the network and of GitHub pass; what remains is a key that cannot sign. */
async function signed<Value>(sign: () => Promise<Value>): Promise<Value> {
  try {
    return await sign();
  } catch (error) {
    throw egressErrorIn(error) !== undefined || statusOf(error) !== undefined ? error : unusableKey();
  }
}

/** Of a refusal by GitHub; undefined for every other failure. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined;
}

/** GitHub ignores case in names. */
function placeOf(org: string, repo: string): string {
  return `${org}/${repo}`.toLowerCase();
}

/** Says nothing of the key itself. */
function unusableKey(): Problem {
  return problem(
    'unauthenticated',
    'github_app_key_unusable',
    'The private key of the GitHub App cannot be used. Paste the whole PEM file that GitHub gave out for this App.',
  );
}

function notInstalled(org: string, repo: string): Problem {
  return problem(
    'not-found',
    'github_app_not_installed',
    `The GitHub App is not installed for ${org}/${repo}, or the repository does not exist. Install the App for it on GitHub.`,
  );
}
