import { type RawBuilder, sql } from 'kysely';
import { pageOf, readCursor } from '#access/directory-queries.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { AccountProof } from './account-store.ts';

export interface LinkedAccount {
  readonly teamId: string;
  /** What the workspace is called, where Slack said so. */
  readonly workspace: string | null;
  readonly slackUserId: string;
  /** What Slack called them when it was asked last. */
  readonly slackName: string | null;
  readonly person: { readonly id: string; readonly name: string; readonly email: string | null };
  readonly state: 'linked' | 'removed';
  /** How it came to be theirs; null for one that was removed. */
  readonly proof: AccountProof | null;
  readonly since: Date;
  readonly removedBy: { readonly id: string; readonly name: string } | null;
}

interface AccountRow {
  readonly team_id: string;
  readonly team_name: string | null;
  readonly slack_user_id: string;
  readonly slack_name: string | null;
  readonly person_id: string;
  readonly person_name: string;
  readonly email: string | null;
  readonly state: 'linked' | 'removed';
  readonly proof: AccountProof | null;
  readonly since: Date;
  readonly removed_by: string | null;
  readonly removed_by_name: string | null;
}

/** Accounts and those that were taken away, as one list. */
function accounts(orgId: string): RawBuilder<unknown> {
  return sql`(
    select identity.team_id, identity.team_name, identity.slack_user_id, identity.slack_name, identity.person_id,
      coalesce(nullif(trim(person.first_name || ' ' || person.last_name), ''), person.email) as person_name,
      person.email, 'linked' as state, identity.proof, identity.linked_at as since,
      null as removed_by, null as removed_by_name
    from slack_identity identity
    join person on person.org_id = identity.org_id and person.id = identity.person_id
    where identity.org_id = ${orgId}
    union all
    select removed.team_id, removed.team_name, removed.slack_user_id, removed.slack_name, removed.person_id,
      removed.person_name, person.email, 'removed', null, removed.removed_at, removed.removed_by, removed.removed_by_name
    from slack_removed_account removed
    left join person on person.org_id = removed.org_id and person.id = removed.person_id
    where removed.org_id = ${orgId}) account`;
}

function toAccount(row: AccountRow): LinkedAccount {
  return {
    teamId: row.team_id,
    workspace: row.team_name,
    slackUserId: row.slack_user_id,
    slackName: row.slack_name,
    person: { id: row.person_id, name: row.person_name, email: row.email },
    state: row.state,
    proof: row.proof,
    since: row.since,
    removedBy: row.removed_by === null ? null : { id: row.removed_by, name: row.removed_by_name ?? row.removed_by },
  };
}

/** Somebody's own, oldest first. */
export async function accountsOf(db: Db | Tx, orgId: string, personId: string): Promise<readonly LinkedAccount[]> {
  const found = await sql<AccountRow>`
    select account.* from ${accounts(orgId)} where account.person_id = ${personId} and account.state = 'linked'
    order by account.since, account.slack_user_id`.execute(db);
  return found.rows.map(toAccount);
}

export interface AccountAsk {
  /** Words that all have to occur in a name, an address or an id. */
  readonly text: string;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface AccountPage {
  readonly accounts: readonly LinkedAccount[];
  readonly next: string | null;
}

/** Everybody's, by name of the person. */
export async function findAccounts(db: Db, orgId: string, ask: AccountAsk): Promise<AccountPage> {
  const sort = sql<string>`lower(account.person_name) || ' ' || account.team_id || '/' || account.slack_user_id`;
  const words = ask.text.toLowerCase().split(/\s+/).filter(Boolean);
  const sought = sql`lower(concat_ws(' ', account.person_name, account.email, account.slack_name, account.slack_user_id))`;
  const rules = [
    sql`true`,
    ...words.map((word) => sql`position(${word} in ${sought}) > 0`),
    ...(ask.cursor === undefined ? [] : [sql`(${sort}) collate "C" > ${readCursor(ask.cursor)}`]),
  ];
  const found = await sql<AccountRow & { readonly sort: string }>`
    select account.*, ${sort} as sort from ${accounts(orgId)} where ${sql.join(rules, sql` and `)}
    order by (${sort}) collate "C" limit ${ask.limit + 1}`.execute(db);
  const { rows, next } = pageOf(found.rows, ask.limit);
  return { accounts: rows.map(toAccount), next };
}

/** Whether an account that was somebody's still is; of any workspace where none is named. */
export async function isTiedTo(
  db: Db,
  orgId: string,
  { teamId = null, userId }: { readonly teamId?: string | null; readonly userId: string },
  personId: string,
): Promise<boolean> {
  const found = await sql`
    select 1 from slack_identity where org_id = ${orgId} and slack_user_id = ${userId} and person_id = ${personId}
      and (${teamId}::text is null or team_id = ${teamId})`.execute(db);
  return found.rows.length > 0;
}
