import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { plainText } from '#platform/plain-text.ts';
import { problem } from '#platform/problem.ts';
import { type AccountKey, lockAccount } from './accounts/account-store.ts';
import { tieAccount } from './accounts/link-slack-account.ts';

/** A link is opened right after it was asked for, by the one person who sees it. */
const lifetimeMs = 15 * 60_000;
const longestName = 100;
const neverChecked = new Date(0);

export interface OfferedLink {
  readonly teamId: string;
  /** What the workspace is called, where Slack said so. */
  readonly teamName: string | null;
  readonly slackUserId: string;
  readonly slackName: string;
  readonly expiresAt: Date;
}

export interface NewLink {
  readonly orgId: string;
  readonly sender: AccountKey;
  readonly slackName: string;
  readonly teamName: string | null;
  readonly now: Date;
}

/** Makes a link that ties somebody in Slack to whoever signs in and confirms it. Earlier links of theirs end. */
export async function offerLink(db: Db, { orgId, sender, slackName, teamName, now }: NewLink): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const name = plainText(slackName).slice(0, longestName).toWellFormed();
  await db.transaction().execute(async (tx) => {
    await sql`delete from slack_link where org_id = ${orgId} and team_id = ${sender.teamId}
      and slack_user_id = ${sender.userId} and used_at is null`.execute(tx);
    await sql`
      insert into slack_link (org_id, token_hash, team_id, team_name, slack_user_id, slack_name, created_at, expires_at)
      values (${orgId}, ${tokenHash(token)}, ${sender.teamId}, ${teamName}, ${sender.userId}, ${name}, ${now},
              ${new Date(now.getTime() + lifetimeMs)})`.execute(tx);
  });
  return token;
}

/** Null when the link is unknown, used, past its time or another organisation's: all alike from outside. */
export async function findLink(db: Db | Tx, orgId: string, token: string, now: Date): Promise<OfferedLink | null> {
  const found = await sql<OfferedLink>`
    select team_id as "teamId", team_name as "teamName", slack_user_id as "slackUserId", slack_name as "slackName", expires_at as "expiresAt"
    from slack_link
    where org_id = ${orgId} and token_hash = ${tokenHash(token)} and used_at is null and expires_at > ${now}`.execute(
    db,
  );
  return found.rows[0] ?? null;
}

/** Run as the person who signed in; from now on the Slack account acts as them, one that was removed included. */
export async function linkAccount(ctx: WriteContext, { token }: { readonly token: string }): Promise<void> {
  if (ctx.actor.kind !== 'user') {
    throw problem('forbidden', 'missing_permissions', 'Only somebody who signed in can link a Slack account.');
  }
  await sql`select 1 from slack_link where org_id = ${ctx.actor.orgId} and token_hash = ${tokenHash(token)}
    for update`.execute(ctx.db);
  const link = await findLink(ctx.db, ctx.actor.orgId, token, ctx.now);
  if (link === null) throw linkGone();
  await sql`update slack_link set used_at = ${ctx.now}
    where org_id = ${ctx.actor.orgId} and token_hash = ${tokenHash(token)}`.execute(ctx.db);
  const key = { teamId: link.teamId, userId: link.slackUserId };
  const before = await lockAccount(ctx, key);
  const { slackName, teamName } = link;
  const tie = { key, personId: ctx.actor.id, proof: 'sign-in', slackName, teamName } as const;
  // Slack has yet to say whether they are a full member: it is asked when they press something.
  await tieAccount(ctx, before, { ...tie, checkedAt: neverChecked });
}

/** The link itself is kept nowhere. */
function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

export function linkGone(): Error {
  return problem('not-found', 'not_found', 'This link was used or has expired. Press the button in Slack again.', {
    resource: 'slackLink',
  });
}
