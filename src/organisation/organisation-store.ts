import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { notFound } from '#platform/problem.ts';
import { authorize } from '#access/permissions.ts';

export interface OrganisationRow {
  readonly id: string;
  readonly name: string;
  readonly settings: OrganisationSettings;
  readonly version: number;
}

interface OrganisationSettings {
  /** Made with the sample workspace. */
  readonly sample?: boolean;
  readonly portal?: Readonly<Record<string, unknown>>;
  readonly announcement?: Readonly<Record<string, unknown>>;
  readonly isOnboarded?: boolean;
}

export async function organisationById(db: Db | Tx, id: string): Promise<OrganisationRow> {
  const found =
    await sql<OrganisationRow>`select id, name, settings, version from organisation where id = ${id}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) throw notFound('organization', id);
  return row;
}

/** The organisation on Port's wire. No feature flags: clients switch behaviour on them (Ocean above all). */
export function toWireOrganisation(row: OrganisationRow): Record<string, unknown> {
  return {
    id: row.id,
    name: row.name,
    featureFlags: [],
    settings: row.settings.portal ?? {},
    announcement: row.settings.announcement ?? { enabled: false, content: '', link: '', color: 'blue' },
    isOnboarded: row.settings.isOnboarded ?? true,
  };
}

export interface OrganisationChange {
  readonly name?: string | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly announcement?: Readonly<Record<string, unknown>> | undefined;
  readonly isOnboarded?: boolean | undefined;
}

export async function updateOrganisation(ctx: WriteContext, input: OrganisationChange): Promise<void> {
  authorize(ctx.actor, 'organisation.manage');
  await sql`select 1 from organisation where id = ${ctx.actor.orgId} for update`.execute(ctx.db);
  const before = await organisationById(ctx.db, ctx.actor.orgId);
  const settings: OrganisationSettings = {
    ...before.settings,
    ...(input.settings === undefined ? {} : { portal: { ...before.settings.portal, ...input.settings } }),
    ...(input.announcement === undefined ? {} : { announcement: input.announcement }),
    ...(input.isOnboarded === undefined ? {} : { isOnboarded: input.isOnboarded }),
  };
  const after = { ...before, name: input.name ?? before.name, settings };
  await sql`update organisation set name = ${after.name}, settings = ${JSON.stringify(settings)}::jsonb,
    version = version + 1 where id = ${before.id}`.execute(ctx.db);
  ctx.emit({
    kind: 'organisation.updated',
    resource: 'organisation',
    action: 'UPDATE',
    subject: `organisation:${before.id}`,
    context: {},
    before: toWireOrganisation(before),
    after: toWireOrganisation(after),
  });
}
