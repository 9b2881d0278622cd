import { sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { problem } from '#platform/problem.ts';
import { readGitHubEvent, verifyGitHubWebhook } from './verify-webhook.ts';

export interface GitHubHookParts {
  readonly db: Db;
  /** Each proves deliveries for one organisation, or for all when it is the installation's (null). */
  readonly webhookSecrets: () => Promise<readonly { readonly orgId: string | null; readonly secret: string }[]>;
  /** Asks GitHub about these runs now rather than at the next interval. */
  readonly followNow: (runs: readonly { readonly orgId: string; readonly runId: string }[]) => Promise<void>;
}

const mostRunsTold = 50;

/**
 * Takes workflow results from GitHub. A webhook is a hint to look, not the truth: the follower asks GitHub itself, so
 * a repeated, late or reordered delivery changes nothing.
 */
export function githubRoutes(parts: GitHubHookParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/hooks/github',
      summary: 'Receive workflow results from GitHub',
      tag: 'Inbound hooks',
      access: 'anyone',
      rawBody: true,
      statuses: [401, 404],
      handle: async ({ headers, rawBody }) => {
        const known = await parts.webhookSecrets();
        if (known.length === 0) {
          throw problem(
            'not-found',
            'not_found',
            'This installation does not take webhooks from GitHub: no organisation has set a webhook secret, and ' +
              'QUAYSIDE_GITHUB_WEBHOOK_SECRET is not set.',
          );
        }
        const proven = known.filter(({ secret }) => {
          const signature = headers['x-hub-signature-256'];
          return verifyGitHubWebhook({ secrets: [secret], signature, rawBody }).valid;
        });
        if (proven.length === 0)
          throw problem('unauthenticated', 'signature_mismatch', 'The signature of this webhook does not hold.');
        const event = readGitHubEvent(String(headers['x-github-event'] ?? ''), parsed(rawBody));
        const orgs = proven.some(({ orgId }) => orgId === null) ? null : proven.flatMap(({ orgId }) => orgId ?? []);
        if (event.kind === 'workflow-run') await parts.followNow(await runsOf(parts.db, event, orgs));
        return ok({});
      },
    }),
  ];
}

function parsed(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    throw problem('bad-request', 'bad_request', 'The body is not valid JSON.');
  }
}

interface RunPlace {
  readonly org: string;
  readonly repo: string;
  readonly run: { readonly id: string };
}

/** Open runs that this workflow run may belong to: its own, or those whose workflow run is not known yet. */
async function runsOf(
  db: Db,
  place: RunPlace,
  orgs: readonly string[] | null,
): Promise<readonly { orgId: string; runId: string }[]> {
  const found = await sql<{ orgId: string; runId: string }>`
    select org_id as "orgId", id as "runId" from run
    where ${orgs === null ? sql`true` : sql`org_id = any(${orgs}::text[])`} and ended_at is null and lower(backend ->> 'org') = lower(${place.org}) and lower(backend ->> 'repo') = lower(${place.repo})
      and (backend ->> 'followed' = ${place.run.id} or backend ->> 'followed' is null)
    order by created_at limit ${mostRunsTold}`.execute(db);
  return found.rows;
}
