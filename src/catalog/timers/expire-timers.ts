import { sql } from 'kysely';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { EntityParts } from '../apply-changes.ts';
import { entityEventHead } from '../entity-events.ts';
import { entityColumns, type EntityRow, toWireEntity } from '../entity-queries.ts';
import { timersOf } from './timer-rules.ts';

interface DueTimer {
  readonly blueprint: string;
  readonly identifier: string;
  readonly property: string;
  readonly due: Date;
}

/** Nothing is told any more of what expired while nobody was there for so long. */
const toldWithinMs = 86_400_000;

/** Announces timers that have expired, each once; answers how many it looked at. */
export function expireTimers(parts: EntityParts): Command<{ readonly limit: number }, number> {
  return maybeSilent(async function expireTimersCommand(ctx: WriteContext, { limit }) {
    const { orgId } = ctx.actor;
    const due = await sql<DueTimer>`
      update entity_timer timer set told_at = ${ctx.now}
      from (
        select blueprint, identifier, property from entity_timer
        where org_id = ${orgId} and told_at is null and due_at <= ${ctx.now}
        order by due_at limit ${limit} for update skip locked
      ) as chosen
      where timer.org_id = ${orgId} and timer.blueprint = chosen.blueprint
        and timer.identifier = chosen.identifier and timer.property = chosen.property
      returning timer.blueprint, timer.identifier, timer.property, timer.due_at as due`.execute(ctx.db);
    for (const timer of due.rows.toSorted((one, other) => one.due.getTime() - other.due.getTime())) {
      if (ctx.now.getTime() - timer.due.getTime() < toldWithinMs) await tell(ctx, parts, timer);
    }
    return due.rows.length;
  });
}

/** Unless the entity is gone or says something else by now. */
async function tell(ctx: WriteContext, parts: EntityParts, timer: DueTimer): Promise<void> {
  const { orgId } = ctx.actor;
  const blueprint = await parts.blueprints.find(ctx.db, orgId, timer.blueprint);
  const found = await sql<EntityRow>`
    select ${entityColumns} from entity e
    where e.org_id = ${orgId} and e.blueprint = ${timer.blueprint}
      and e.identifier = ${timer.identifier}`.execute(ctx.db);
  const [row] = found.rows;
  if (blueprint === null || row === undefined) return;
  const isStill = timersOf(blueprint.document, row.properties).some(
    ({ property, due }) => property === timer.property && due === timer.due.toISOString(),
  );
  if (!isStill) return;
  const entity = toWireEntity(row, blueprint.document);
  const head = entityEventHead('updated', timer, null);
  ctx.emit({
    ...head,
    kind: 'entity.timer-expired',
    action: 'TIMER_EXPIRED',
    context: { ...head.context, propertyIdentifier: timer.property },
    before: entity,
    after: entity,
  });
}
