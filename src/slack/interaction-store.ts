import { sql } from 'kysely';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { Interaction } from './interaction.ts';

const keptMs = 30 * 86_400_000;

/** False when it is known already. */
export async function storeInteraction(
  tx: Tx,
  secrets: SecretBox,
  { orgId, now }: { readonly orgId: string; readonly now: Date },
  interaction: Interaction,
): Promise<boolean> {
  const { id, kind } = interaction;
  const sealed = secrets.seal(JSON.stringify(interaction), placeOf(orgId, id));
  const inserted = await sql`
    insert into slack_interaction (org_id, id, kind, sealed_payload, received_at)
    values (${orgId}, ${id}, ${kind}, ${sealed}, ${now}) on conflict do nothing returning 1`.execute(tx);
  return inserted.rows.length > 0;
}

/** Null when it was handled, or is gone. */
export async function openInteraction(
  db: Db,
  secrets: SecretBox,
  orgId: string,
  id: string,
): Promise<Interaction | null> {
  const found = await sql<{ sealed_payload: string | null }>`
    select sealed_payload from slack_interaction
    where org_id = ${orgId} and id = ${id} and handled_at is null`.execute(db);
  const sealed = found.rows[0]?.sealed_payload ?? null;
  return sealed === null ? null : (JSON.parse(secrets.open(sealed, placeOf(orgId, id))) as Interaction);
}

export async function closeInteraction(
  db: Db,
  { orgId, id, outcome, now }: { orgId: string; id: string; outcome: string; now: Date },
): Promise<void> {
  await sql`update slack_interaction set handled_at = ${now}, outcome = ${outcome}, sealed_payload = null
    where org_id = ${orgId} and id = ${id} and handled_at is null`.execute(db);
}

/** A replay is refused by its time long before it would find its first arrival forgotten. */
export async function deleteOldInteractions(db: Db, now: Date): Promise<void> {
  const before = new Date(now.getTime() - keptMs);
  await sql`delete from slack_interaction where received_at < ${before}`.execute(db);
  await sql`delete from slack_run_message where created_at < ${before}`.execute(db);
  await sql`delete from slack_link where expires_at < ${before}`.execute(db);
}

function placeOf(orgId: string, id: string): { readonly orgId: string; readonly name: string } {
  return { orgId, name: `slack-interaction/${id}` };
}
