import { sql } from 'kysely';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { Db, Tx } from '#platform/db/handles.ts';
import { nextCronInstant } from './cron-rules.ts';
import type { PipelineRow, TriggerConfig } from './pipeline.ts';
import { cronTimeZone, textField } from './trigger-rules.ts';

export interface TriggerRow {
  readonly org_id: string;
  readonly pipeline: string;
  readonly id: string;
  readonly type: string;
  readonly target: string | null;
  readonly document: TriggerConfig;
  readonly next_at: Date | null;
}

/** Which field of a trigger names what it listens to. */
const targets: Readonly<Record<string, string>> = { webhook: 'source', pipeline: 'pipeline', catalog: 'blueprint' };

/** The triggers of a pipeline as its document now has them. A cron trigger that stays keeps its next instant. */
export async function storeTriggers(ctx: WriteContext, pipeline: PipelineRow): Promise<void> {
  const kept = (pipeline.document.triggers ?? []).filter((each) => each.enabled !== false && isKnown(each));
  const enabled = pipeline.document.disabled === true ? [] : kept;
  const rows = enabled.map((trigger) => ({
    id: trigger.id ?? '',
    type: trigger.type,
    target: targets[trigger.type] === undefined ? null : textField(trigger, targets[trigger.type] ?? ''),
    document: trigger,
    next_at: trigger.type === 'cron' ? nextInstant(trigger, ctx.now) : null,
  }));
  await sql`
    delete from pipeline_trigger where org_id = ${pipeline.org_id} and pipeline = ${pipeline.id}
      and id <> all(${rows.map((row) => row.id)}::text[])`.execute(ctx.db);
  if (rows.length === 0) return;
  await sql`
    insert into pipeline_trigger (org_id, pipeline, id, type, target, document, next_at)
    select ${pipeline.org_id}, ${pipeline.id}, row.id, row.type, row.target, row.document, row.next_at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(
      id text, type text, target text, document jsonb, next_at timestamptz)
    on conflict (org_id, pipeline, id) do update set type = excluded.type, target = excluded.target,
      document = excluded.document,
      next_at = case when pipeline_trigger.document = excluded.document then pipeline_trigger.next_at
                else excluded.next_at end`.execute(ctx.db);
}

function isKnown(trigger: TriggerConfig): boolean {
  return trigger.type === 'cron' || targets[trigger.type] !== undefined;
}

export function nextInstant(trigger: TriggerConfig, after: Date): Date {
  return nextCronInstant(textField(trigger, 'cronExpression'), cronTimeZone(trigger), after);
}

/** Triggers of an organisation that listen to this. */
export async function triggersFor(
  db: Db | Tx,
  orgId: string,
  type: string,
  target: string,
): Promise<readonly TriggerRow[]> {
  const found = await sql<TriggerRow>`
    select * from pipeline_trigger where org_id = ${orgId} and type = ${type} and target = ${target}
    order by pipeline, id`.execute(db);
  return found.rows;
}

/** Which of these have a trigger that listens to them. */
export async function listenedTo(
  db: Db | Tx,
  orgId: string,
  type: string,
  candidates: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await sql<{ target: string }>`
    select distinct target from pipeline_trigger
    where org_id = ${orgId} and type = ${type} and target = any(${[...candidates]}::text[])`.execute(db);
  return new Set(found.rows.map(({ target }) => target));
}

export async function triggerById(
  db: Db | Tx,
  orgId: string,
  pipeline: string,
  id: string,
): Promise<TriggerRow | null> {
  const found = await sql<TriggerRow>`
    select * from pipeline_trigger where org_id = ${orgId} and pipeline = ${pipeline} and id = ${id}`.execute(db);
  return found.rows[0] ?? null;
}
