import type { Clock } from '#platform/clock.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Db } from '#platform/db/handles.ts';
import type { Egress } from '#platform/egress/egress.ts';
import type { AzureDevOpsTarget } from '../azure-devops/azure-devops-backend.ts';
import type { GitHubCredentials } from '../github/authorize-requests.ts';
import { createGitHubClient, type GitHubClient } from '../github/client.ts';
import { createGitLabClient, type GitLabClient } from '../gitlab/gitlab-client.ts';
import { type Connection, openConnection } from './connection-store.ts';
import type { ConnectionKindName } from './contract.ts';

/** What the settings of the installation say, for organisations that have no connection of their own. */
export interface InstallationConnections {
  readonly githubApiUrl: string;
  readonly github: GitHubCredentials | null;
  readonly gitlabUrl: string;
  readonly gitlabToken: string | null;
  readonly gitlabTriggerToken: string | null;
  readonly azureDevOpsUrl: string;
  readonly azureDevOpsToken: string | null;
  readonly azureDevOpsProject: string | null;
}

export interface ConnectionParts {
  readonly db: Db;
  readonly secrets: SecretBox;
  readonly egress: Egress;
  readonly clock: Clock;
  readonly installation: InstallationConnections;
  /** Signs what the organisation sends. */
  readonly signingSecret: (orgId: string) => Promise<string>;
}

/** Clients of the systems that organisations are connected to; each is kept until its connection changes. */
export interface Connections {
  github(orgId: string): Promise<GitHubClient | null>;
  gitlab(orgId: string): Promise<GitLabClient | null>;
  azureDevOps(orgId: string): Promise<AzureDevOpsTarget>;
}

export function createConnections(parts: ConnectionParts): Connections {
  const { db, secrets: box, egress, clock, installation } = parts;
  const gitHubs = keepPerVersion<GitHubClient | null>();
  const gitLabs = keepPerVersion<GitLabClient | null>();
  const find = async (orgId: string, kind: ConnectionKindName): Promise<Connection | null> =>
    openConnection(db, box, orgId, kind);

  return {
    async github(orgId) {
      const own = await find(orgId, 'github');
      return gitHubs(own === null ? '' : orgId, own?.version ?? '', () => {
        const credentials = own === null ? installation.github : githubCredentials(own);
        const apiUrl = text(own?.settings['apiUrl']) ?? installation.githubApiUrl;
        return credentials === null ? null : createGitHubClient({ egress, clock, credentials, apiUrl });
      });
    },
    async gitlab(orgId) {
      const own = await find(orgId, 'gitlab');
      return gitLabs(own === null ? '' : orgId, own?.version ?? '', () => {
        const { gitlabUrl, gitlabToken, gitlabTriggerToken } = installation;
        const token = own === null ? gitlabToken : (own.secrets['token'] ?? null);
        const triggerToken = own === null ? gitlabTriggerToken : (own.secrets['triggerToken'] ?? null);
        const url = (text(own?.settings['url']) ?? gitlabUrl).replace(/\/+$/, '');
        return token === null && triggerToken === null
          ? null
          : createGitLabClient(egress, clock, { url, token, triggerToken });
      });
    },
    async azureDevOps(orgId) {
      const own = await find(orgId, 'azure-devops');
      const url = (text(own?.settings['url']) ?? installation.azureDevOpsUrl).replace(/\/+$/, '');
      const secret = own?.secrets['webhookSecret'] ?? (await parts.signingSecret(orgId));
      if (own === null) {
        return { url, secret, token: installation.azureDevOpsToken, project: installation.azureDevOpsProject };
      }
      return { url, secret, token: own.secrets['token'] ?? null, project: text(own.settings['project']) ?? null };
    },
  };
}

/** The app's key signs; a token is simpler and wins only when there is no app. */
function githubCredentials({ settings, secrets }: Connection): GitHubCredentials | null {
  const appId = text(settings['appId']);
  const { privateKey, token } = secrets;
  if (appId !== undefined && privateKey !== undefined) {
    const installationId = text(settings['installationId']);
    return { kind: 'app', appId, privateKey, ...(installationId === undefined ? {} : { installationId }) };
  }
  return token === undefined ? null : { kind: 'token', token };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Most organisations use the installation's, which has one place. */
function keepPerVersion<Client>(): (place: string, version: string, make: () => Client) => Client {
  const kept = new Map<string, { readonly version: string; readonly client: Client }>();
  return (place, version, make) => {
    const known = kept.get(place);
    if (known !== undefined && known.version === version) return known.client;
    const client = make();
    kept.set(place, { version, client });
    return client;
  };
}
