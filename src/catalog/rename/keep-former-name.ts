import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { RenamedBlueprint } from './rename-in-documents.ts';

/** The name that a blueprint had last; whoever takes up a former name takes it from the one before. */
export async function keepFormerName(ctx: WriteContext, { from, to }: RenamedBlueprint): Promise<void> {
  const { orgId } = ctx.actor;
  await sql`delete from former_blueprint where org_id = ${orgId} and former = ${to} and identifier = ${to}`.execute(
    ctx.db,
  );
  await sql`
    insert into former_blueprint (org_id, former, identifier) values (${orgId}, ${from}, ${to})
    on conflict (org_id, former) do update set identifier = excluded.identifier`.execute(ctx.db);
}

/** What blueprints are called now, of names that are no blueprint's any more. */
export async function namesNow(
  db: Db | Tx,
  orgId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await sql<{ former: string; identifier: string }>`
    select f.former, f.identifier from former_blueprint f
    where f.org_id = ${orgId} and f.former = any(${[...names]}::text[])
      and not exists (select from blueprint b where b.org_id = f.org_id and b.identifier = f.former)`.execute(db);
  return new Map(found.rows.map(({ former, identifier }) => [former, identifier]));
}
