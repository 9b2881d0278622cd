import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { newId } from '#platform/ids.ts';
import { identifierTaken, notFound } from '#platform/problem.ts';
import { authorize } from './permissions.ts';
import { type TeamRow, teamsOf } from './team-queries.ts';
import { setMembersOfTeam } from './team-store.ts';

export interface TeamInput {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | null | undefined;
  /** E-mail addresses; absent leaves the members as they are. */
  readonly users?: readonly string[] | undefined;
}

export async function createTeam(ctx: WriteContext, input: TeamInput): Promise<TeamRow> {
  authorize(ctx.actor, 'organisation.manage');
  const inserted = await sql`
    insert into team (org_id, name, title, id, description, created_at, updated_at)
    values (${ctx.actor.orgId}, ${input.name}, ${input.title ?? null}, ${newId('team')}, ${input.description ?? null}, ${ctx.now}, ${ctx.now})
    on conflict do nothing returning name`.execute(ctx.db);
  if (inserted.rows.length === 0) throw teamTaken(input.name);
  return finish(ctx, null, input);
}

/** Changes a team; a new name moves its members with it. */
export async function updateTeam(
  ctx: WriteContext,
  input: { readonly current: string; readonly change: Partial<TeamInput> },
): Promise<TeamRow> {
  authorize(ctx.actor, 'organisation.manage');
  await sql`select 1 from team where org_id = ${ctx.actor.orgId} and name = ${input.current} for update`.execute(
    ctx.db,
  );
  const [before] = await teamsOf(ctx.db, ctx.actor.orgId, input.current);
  if (before === undefined) throw notFound('team', input.current);
  const name = input.change.name ?? before.name;
  if (name !== before.name && (await teamsOf(ctx.db, ctx.actor.orgId, name)).length > 0) throw teamTaken(name);
  const description = input.change.description === undefined ? before.description : input.change.description;
  const title = input.change.title ?? before.title;
  await sql`update team set name = ${name}, title = ${title === name ? null : title}, description = ${description}, updated_at = ${ctx.now}, version = version + 1
    where org_id = ${ctx.actor.orgId} and name = ${input.current}`.execute(ctx.db);
  return finish(ctx, before, { ...input.change, name });
}

export async function deleteTeam(ctx: WriteContext, input: { readonly name: string }): Promise<void> {
  authorize(ctx.actor, 'organisation.manage');
  const [before] = await teamsOf(ctx.db, ctx.actor.orgId, input.name);
  if (before === undefined) throw notFound('team', input.name);
  await sql`delete from team where org_id = ${ctx.actor.orgId} and name = ${input.name}`.execute(ctx.db);
  emitTeam(ctx, before, null);
}

async function finish(ctx: WriteContext, before: TeamRow | null, input: TeamInput): Promise<TeamRow> {
  if (input.users !== undefined) await setMembersOfTeam(ctx.db, ctx.actor.orgId, input.name, input.users);
  const [after] = await teamsOf(ctx.db, ctx.actor.orgId, input.name);
  if (after === undefined) throw new Error('The team just written cannot be read');
  emitTeam(ctx, before, after);
  return after;
}

function emitTeam(ctx: WriteContext, before: TeamRow | null, after: TeamRow | null): void {
  const action = before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE';
  ctx.emit({
    kind: { CREATE: 'team.created', UPDATE: 'team.updated', DELETE: 'team.deleted' }[action],
    resource: 'team',
    action,
    subject: `team:${(before ?? after)?.id}`,
    context: { team: (after ?? before)?.name },
    before: before === null ? null : toWireTeam(before),
    after: after === null ? null : toWireTeam(after),
  });
}

function teamTaken(name: string): Error {
  return identifierTaken(`A team named "${name}" already exists.`, {
    resource: 'team',
    byField: 'name',
    withValue: name,
  });
}

/** A team on Port's wire. */
export function toWireTeam(row: TeamRow): Record<string, unknown> {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    provider: row.provider,
    users: row.users,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
