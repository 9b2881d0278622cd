import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { SlackSender } from '../interaction.ts';

/** One account in Slack. */
export type AccountKey = Pick<SlackSender, 'teamId' | 'userId'>;

/** 'email': Slack's verified address is theirs; 'sign-in': they confirmed it here. */
export type AccountProof = 'email' | 'sign-in';

/** Whose an account is. */
export interface TiedAccount {
  readonly personId: string;
  readonly proof: AccountProof;
  /** When Slack last said that they are a full member. */
  readonly checkedAt: Date;
}

/** Null while it is nobody's; 'removed' when it was taken from somebody and no link has tied it since. */
export type AccountState = TiedAccount | 'removed' | null;

function at({ teamId, userId }: AccountKey, orgId: string) {
  return sql`org_id = ${orgId} and team_id = ${teamId} and slack_user_id = ${userId}`;
}

export async function readAccount(db: Db | Tx, orgId: string, key: AccountKey): Promise<AccountState> {
  const found = await sql<{ isRemoved: boolean } & TiedAccount>`
    select false as "isRemoved", person_id as "personId", proof, checked_at as "checkedAt"
      from slack_identity where ${at(key, orgId)}
    union all select true, person_id, '', removed_at from slack_removed_account where ${at(key, orgId)}`.execute(db);
  const rows = found.rows;
  return rows.some((row) => row.isRemoved) ? 'removed' : (rows[0] ?? null);
}

/** Whoever changes whose an account is holds it first, also while it is nobody's yet. */
export async function lockAccount(ctx: WriteContext, key: AccountKey): Promise<AccountState> {
  const name = JSON.stringify(['slack-account', ctx.actor.orgId, key.teamId, key.userId]);
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(ctx.db);
  return readAccount(ctx.db, ctx.actor.orgId, key);
}

export interface NewTie {
  readonly key: AccountKey;
  readonly personId: string;
  readonly proof: AccountProof;
  readonly slackName: string;
  readonly teamName: string | null;
  /** Long ago where Slack has yet to say what they are there. */
  readonly checkedAt: Date;
}

/** Ties an account that is held to somebody. */
export async function storeTie(ctx: WriteContext, tie: NewTie): Promise<void> {
  const { orgId } = ctx.actor;
  const { key, personId, proof, slackName, teamName, checkedAt } = tie;
  await sql`
    insert into slack_identity
      (org_id, team_id, slack_user_id, person_id, proof, slack_name, team_name, linked_at, checked_at)
    values (${orgId}, ${key.teamId}, ${key.userId}, ${personId}, ${proof}, ${slackName}, ${teamName}, ${ctx.now},
            ${checkedAt})
    on conflict (org_id, team_id, slack_user_id) do update set person_id = excluded.person_id,
      proof = excluded.proof, slack_name = excluded.slack_name,
      team_name = coalesce(excluded.team_name, slack_identity.team_name), checked_at = excluded.checked_at,
      linked_at = case when slack_identity.person_id = excluded.person_id and slack_identity.proof = excluded.proof
        then slack_identity.linked_at else excluded.linked_at end`.execute(ctx.db);
  await sql`delete from slack_removed_account where ${at(key, orgId)}`.execute(ctx.db);
}

export interface Removal {
  readonly key: AccountKey;
  readonly personName: string;
  readonly removedByName: string;
}

/** Takes an account that is held from whom it is tied to, and keeps it from being tied by itself. */
export async function storeRemoval(ctx: WriteContext, { key, personName, removedByName }: Removal): Promise<void> {
  const { orgId, id: removedBy } = ctx.actor;
  await sql`
    insert into slack_removed_account (org_id, team_id, slack_user_id, slack_name, team_name, person_id, person_name,
      removed_by, removed_by_name, removed_at)
    select org_id, team_id, slack_user_id, slack_name, team_name, person_id, ${personName},
      ${removedBy}, ${removedByName}, ${ctx.now} from slack_identity where ${at(key, orgId)}`.execute(ctx.db);
  await sql`delete from slack_identity where ${at(key, orgId)}`.execute(ctx.db);
}
