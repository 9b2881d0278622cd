import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { ConfigRow, ConstraintRow, VersionRow } from './delivery-config.ts';

/** Null when it was reported before. The config is locked. */
export async function insertVersion(
  ctx: WriteContext,
  config: ConfigRow,
  version: Pick<VersionRow, 'reference' | 'version' | 'details' | 'reported_by_name'>,
): Promise<VersionRow | null> {
  const inserted = await sql<VersionRow>`
    insert into artifact_version (org_id, config, reference, version, position, details, reported_at, reported_by,
                                  reported_by_name)
    select ${config.org_id}, ${config.id}, ${version.reference}, ${version.version}, coalesce(max(position), 0) + 1,
           ${JSON.stringify(version.details)}::jsonb, ${ctx.now}, ${ctx.actor.id}, ${version.reported_by_name}
    from artifact_version where org_id = ${config.org_id} and config = ${config.id}
      and reference = ${version.reference}
    on conflict do nothing returning *`.execute(ctx.db);
  return inserted.rows[0] ?? null;
}

export async function findVersion(
  ctx: WriteContext,
  { org_id, config, reference, version }: Pick<ConstraintRow, 'org_id' | 'config' | 'reference' | 'version'>,
): Promise<VersionRow | null> {
  const found = await sql<VersionRow>`
    select * from artifact_version where org_id = ${org_id} and config = ${config} and reference = ${reference}
      and version = ${version}`.execute(ctx.db);
  return found.rows[0] ?? null;
}

/** The latest of each artifact, and those that somebody is asked about. */
export async function currentVersions(ctx: WriteContext, config: ConfigRow): Promise<readonly VersionRow[]> {
  const found = await sql<VersionRow>`
    select version.* from artifact_version version where org_id = ${config.org_id} and config = ${config.id}
      and (position = (select max(position) from artifact_version latest where latest.org_id = version.org_id
          and latest.config = version.config and latest.reference = version.reference)
        or exists (select from constraint_state state where state.org_id = version.org_id
          and state.config = version.config and state.reference = version.reference
          and state.version = version.version and state.status = 'PENDING'))
    order by reference, position`.execute(ctx.db);
  return found.rows;
}
