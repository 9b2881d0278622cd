import { sql } from 'kysely';
import type { PersonRow } from '#access/person.ts';
import type { Db } from '#platform/db/handles.ts';
import { isJsonObject } from '#platform/json.ts';
import { type AccountKey, readAccount } from './accounts/account-store.ts';
import type { SlackConnection } from './connection.ts';
import { judgeProfile, verifiedEmail } from './identity-rules.ts';
import { openConversation } from './open-conversation.ts';
import type { SlackHttp } from './slack-http.ts';
import { callSlack, type SlackAnswer, textOf } from './web-api-client.ts';

export type FoundInSlack =
  | { readonly found: 'yes'; readonly channelId: string }
  /** They have no account in this workspace that could be theirs. */
  | { readonly found: 'no' }
  | { readonly found: 'cannot-tell'; readonly answer: Extract<SlackAnswer, { ok: false }> };

/** Where somebody of here is written to directly: by the account they linked, or the one with their address. */
export async function findSlackPerson(
  { db, http }: { readonly db: Db; readonly http: SlackHttp },
  { botToken, apiUrl, orgId, workspace }: SlackConnection,
  person: Pick<PersonRow, 'id' | 'email'>,
): Promise<FoundInSlack> {
  if (botToken === null) return { found: 'no' };
  const account = { token: botToken, apiUrl };
  const linked = await linkedAccount(db, orgId, person.id, workspace?.teamId ?? null);
  if (linked !== null) return { found: 'yes', channelId: await openConversation(http, account, linked) };
  const answer = await callSlack(http, account, 'users.lookupByEmail', { email: person.email });
  if (!answer.ok) return answer.error === 'users_not_found' ? { found: 'no' } : { found: 'cannot-tell', answer };
  const user = isJsonObject(answer.json['user']) ? answer.json['user'] : {};
  const isTheirs = verifiedEmail(user)?.toLowerCase() === person.email.toLowerCase();
  const key = { teamId: workspace?.teamId ?? textOf(user['team_id']), userId: textOf(user['id']) };
  if (!isTheirs || judgeProfile(user, key.teamId) !== null) return { found: 'no' };
  if (!(await mayBeTheirs(db, orgId, key, person.id))) return { found: 'no' };
  return { found: 'yes', channelId: await openConversation(http, account, key.userId) };
}

async function linkedAccount(db: Db, orgId: string, personId: string, teamId: string | null): Promise<string | null> {
  const found = await sql<{ id: string }>`
    select slack_user_id as id from slack_identity where org_id = ${orgId} and person_id = ${personId}
      and (${teamId}::text is null or team_id = ${teamId}) order by checked_at desc limit 1`.execute(db);
  return found.rows[0]?.id ?? null;
}

/** False for an account of their address that was taken from them, or that somebody else linked. */
async function mayBeTheirs(db: Db, orgId: string, key: AccountKey, personId: string): Promise<boolean> {
  const whose = await readAccount(db, orgId, key);
  return whose === null || (whose !== 'removed' && whose.personId === personId);
}
