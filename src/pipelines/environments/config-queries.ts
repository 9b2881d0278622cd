import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { maskParts } from '#platform/egress/mask-destinations.ts';
import { notFound } from '#platform/problem.ts';
import { writesApplication } from '../access-queries.ts';
import { visibleRows } from '../pipeline-queries.ts';
import type { ConfigRow, ConstraintRow, EnvironmentVersionRow, VersionRow } from './delivery-config.ts';

type ShownRow = ConfigRow & { readonly writable: boolean };

const applicationOfConfig = sql`delivery_config.application`;

function selectConfigs(actor: Actor): RawBuilder<unknown> {
  return sql`select delivery_config.*, ${writesApplication(actor, applicationOfConfig)} as writable
    from delivery_config where ${visibleRows(actor, applicationOfConfig)}`;
}

export async function findConfig(db: Db | Tx, actor: Actor, application: string): Promise<ConfigRow | null> {
  const found = await sql<ShownRow>`
    ${selectConfigs(actor)} and lower(application) = lower(${application})`.execute(db);
  const row = found.rows[0];
  return row === undefined ? null : shownTo(row);
}

/** Of an application. */
export async function getConfig(db: Db | Tx, actor: Actor, application: string): Promise<ConfigRow> {
  const row = await findConfig(db, actor, application);
  if (row === null) throw notFound('deliveryConfig', application, { application });
  return row;
}

export async function getConfigByName(db: Db | Tx, actor: Actor, name: string): Promise<ConfigRow> {
  const found = await sql<ShownRow>`${selectConfigs(actor)} and lower(name) = lower(${name})`.execute(db);
  const row = found.rows[0];
  if (row === undefined) throw notFound('deliveryConfig', name);
  return shownTo(row);
}

/** Where notifications go, without its secrets, for people who may not change it. */
function shownTo({ writable, ...row }: ShownRow): ConfigRow {
  return writable ? row : { ...row, document: maskParts(row.document, ['environments']) };
}

/** States of an environment, newest first. */
export async function constraintsOf(
  db: Db,
  config: ConfigRow,
  environment: string,
  limit: number,
): Promise<readonly ConstraintRow[]> {
  const found = await sql<ConstraintRow>`
    select * from constraint_state where org_id = ${config.org_id} and config = ${config.id}
      and environment = ${environment}
    order by created_at desc, id desc limit ${limit}`.execute(db);
  return found.rows;
}

export interface ShownVersions {
  readonly versions: readonly VersionRow[];
  readonly states: readonly ConstraintRow[];
  readonly approved: readonly EnvironmentVersionRow[];
}

/** The latest versions of each artifact, newest first, with what is known of them in every environment. */
export async function latestVersions(db: Db, config: ConfigRow, limit: number): Promise<ShownVersions> {
  const versions = await sql<VersionRow>`
    select latest.* from (select distinct reference from artifact_version
      where org_id = ${config.org_id} and config = ${config.id}) artifact
    cross join lateral (select * from artifact_version version where version.org_id = ${config.org_id}
      and version.config = ${config.id} and version.reference = artifact.reference
      order by position desc limit ${limit}) latest
    order by latest.reference, latest.position desc`.execute(db);
  const oldest = new Map<string, number>();
  for (const { reference, position } of versions.rows) oldest.set(reference, position);
  const shown = sql`join artifact_version version on version.org_id = held.org_id and version.config = held.config
      and version.reference = held.reference and version.version = held.version
    join jsonb_each_text(${JSON.stringify(Object.fromEntries(oldest))}::jsonb) oldest(reference, position)
      on oldest.reference = held.reference and version.position >= oldest.position::int
    where held.org_id = ${config.org_id} and held.config = ${config.id}`;
  const states = await sql<ConstraintRow>`select held.* from constraint_state held ${shown}`.execute(db);
  const approved = await sql<EnvironmentVersionRow>`
    select held.environment, held.reference, held.version, held.approved_at
    from environment_version held ${shown}`.execute(db);
  return { versions: versions.rows, states: states.rows, approved: approved.rows };
}
