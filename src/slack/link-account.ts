import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { plainText } from '#platform/plain-text.ts';
import { problem } from '#platform/problem.ts';
import { writeIdentity } from './identify-person.ts';
import type { SlackSender } from './interaction.ts';

/** A link is opened right after it was asked for, by the one person who sees it. */
const lifetimeMs = 15 * 60_000;
const longestName = 100;

export interface OfferedLink {
  readonly teamId: string;
  readonly slackUserId: string;
  readonly slackName: string;
  readonly expiresAt: Date;
}

/** Makes a link that ties somebody in Slack to whoever signs in and confirms it. Earlier links of theirs end. */
export async function offerLink(
  db: Db,
  { orgId, sender, slackName, now }: { orgId: string; sender: SlackSender; slackName: string; now: Date },
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const name = plainText(slackName).slice(0, longestName).toWellFormed();
  await db.transaction().execute(async (tx) => {
    await sql`delete from slack_link where org_id = ${orgId} and team_id = ${sender.teamId}
      and slack_user_id = ${sender.userId} and used_at is null`.execute(tx);
    await sql`
      insert into slack_link (org_id, token_hash, team_id, slack_user_id, slack_name, created_at, expires_at)
      values (${orgId}, ${tokenHash(token)}, ${sender.teamId}, ${sender.userId}, ${name}, ${now},
              ${new Date(now.getTime() + lifetimeMs)})`.execute(tx);
  });
  return token;
}

/** Null when the link is unknown, used, past its time or another organisation's: all alike from outside. */
export async function findLink(db: Db | Tx, orgId: string, token: string, now: Date): Promise<OfferedLink | null> {
  const found = await sql<OfferedLink>`
    select team_id as "teamId", slack_user_id as "slackUserId", slack_name as "slackName", expires_at as "expiresAt"
    from slack_link
    where org_id = ${orgId} and token_hash = ${tokenHash(token)} and used_at is null and expires_at > ${now}`.execute(
    db,
  );
  return found.rows[0] ?? null;
}

/** Run as the person who signed in; from now on the Slack account acts as them. */
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
  await writeIdentity(ctx, {
    sender: { teamId: link.teamId, userId: link.slackUserId },
    personId: ctx.actor.id,
    proof: 'sign-in',
  });
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
