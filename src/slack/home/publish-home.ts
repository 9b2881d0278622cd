import { createHash } from 'node:crypto';
import { personById } from '#access/people-queries.ts';
import { type PersonRow, toUserActor } from '#access/person.ts';
import { countApprovalsFor, openApprovalsFor } from '#approvals/approval-queries.ts';
import { failingRulesOf } from '#home/home-queries.ts';
import type { Core } from '#platform/core.ts';
import { listRuns } from '#runs/run-queries.ts';
import { isTiedTo } from '../accounts/account-queries.ts';
import { languageOf } from '../admit-sender.ts';
import { homeView } from '../blocks/home-view.ts';
import { identityRefusal } from '../blocks/identity-refusal.ts';
import { hearsClicks, type SlackConnection } from '../connection.ts';
import type { SlackConnections } from '../connection-store.ts';
import { isPassing } from '../slack-errors.ts';
import type { SlackHttp } from '../slack-http.ts';
import { callSlack, type SlackAnswer } from '../web-api-client.ts';
import { forgetHome, type HomeRow, recordHome, remarkHome, takeMarkedHomes } from './home-store.ts';

export interface HomeParts {
  readonly core: Core;
  readonly http: SlackHttp;
  readonly connections: SlackConnections;
}

const approvalsShown = 8;
const fixesShown = 8;
const runsShown = 5;
/** Slack takes about a hundred a minute. */
const publishedAtOnce = 25;
const nextBatchMs = 15_000;

/** Publishes the home tabs that were marked. Answers after how long to go on, or null when none is left. */
export async function publishMarkedHomes(parts: HomeParts, orgId: string): Promise<number | null> {
  const { db, clock } = parts.core;
  const connection = await parts.connections.of(orgId);
  const homes = await takeMarkedHomes(db, orgId, publishedAtOnce);
  if (connection === null || connection.botToken === null) return null;
  let waitMs: number | null = homes.length === publishedAtOnce ? nextBatchMs : null;
  for (const home of homes) {
    const answer = await publishHome(parts, connection, home);
    if (answer === null || answer.ok || !isPassing(answer.error)) continue;
    await remarkHome(db, home, clock.now());
    waitMs = Math.max(waitMs ?? 0, answer.retryAfterMs ?? nextBatchMs);
  }
  return waitMs;
}

/** Brings one home tab to what stands now. Null when Slack shows that already. */
export async function publishHome(
  parts: HomeParts,
  connection: SlackConnection,
  home: HomeRow,
): Promise<SlackAnswer | null> {
  const { db, clock } = parts.core;
  const person = await personById(db, home.orgId, home.personId);
  const key = { teamId: home.teamId, userId: home.slackUserId };
  const isTied = await isTiedTo(db, home.orgId, key, home.personId);
  if (person?.status !== 'ACTIVE' || !isTied) {
    await forgetHome(db, home);
    const refusal = isTied ? 'disabled' : 'removed';
    const { blocks } = identityRefusal({ refusal, linkUrl: null }, connection.language);
    return publish(parts, connection, home.slackUserId, { type: 'home', blocks });
  }
  const view = await viewFor(parts, connection, person);
  const hash = createHash('sha256').update(JSON.stringify(view)).digest('base64url');
  if (hash === home.shown) return null;
  const answer = await publish(parts, connection, home.slackUserId, view);
  if (answer.ok) await recordHome(db, home, hash, clock.now());
  else parts.core.log.warn({ event: 'slack-home-failed', error: answer.error });
  return answer;
}

async function viewFor({ core }: HomeParts, connection: SlackConnection, person: PersonRow): Promise<object> {
  const actor = toUserActor(person);
  const [approvals, approvalCount, failing, runs] = await Promise.all([
    openApprovalsFor(core.db, actor, approvalsShown),
    countApprovalsFor(core.db, actor),
    failingRulesOf(core.db, actor),
    listRuns(core.db, actor, { userId: actor.id, limit: runsShown }),
  ]);
  return homeView({
    approvals,
    approvalCount,
    failing: failing.slice(0, fixesShown),
    runs,
    publicUrl: core.publicUrl,
    language: languageOf(person, connection),
    ownLabels: { approve: connection.approveLabel, reject: connection.rejectLabel },
    withButtons: hearsClicks(connection),
  });
}

export async function publish(
  { http }: Pick<HomeParts, 'http'>,
  { botToken: token, apiUrl }: SlackConnection,
  slackUserId: string,
  view: object,
): Promise<SlackAnswer> {
  if (token === null) return { ok: false, error: 'not_authed', mayHaveArrived: false };
  return callSlack(http, { token, apiUrl }, 'views.publish', { user_id: slackUserId, view });
}
