import { type RawBuilder, sql } from 'kysely';
import type { BoundNode, BoundRule, Place } from './bind-rules.ts';
import { presetSteps } from './instant.ts';
import { instantOf } from './json-term.ts';

type Instant = RawBuilder<Date | null>;

/**
 * The instants at which bound rules may be answered otherwise though nobody writes, over a row `e`: the past ones
 * among them, and null where there is no value. Some may change nothing, none that changes something is missing.
 */
export function turningPoints(node: BoundNode): readonly Instant[] {
  if (typeof node === 'string') return [];
  return 'combinator' in node ? node.rules.flatMap(turningPoints) : pointsOf(node);
}

/** The first of them after an instant, in whole milliseconds as clocks have them; null when there is none. */
export function firstAfter(points: readonly Instant[], since: Date): Instant {
  const values = points.map((point) => sql`(${point})`);
  return sql`(select date_trunc('milliseconds', min(point.at) + interval '999 microseconds') from (values ${sql.join(values)}) as point(at) where point.at > ${since})`;
}

function pointsOf({ place, operator, operand }: BoundRule): readonly Instant[] {
  const value = instantAt(place);
  if (value === null) return [];
  if (operand.kind === 'preset') return presetSteps(operand.preset).map((step) => moved(value, step));
  return operator === 'isExpired' || operator === 'isNotExpired' ? [value] : [];
}

function moved(
  value: Instant,
  { ofDay, milliseconds }: { readonly ofDay: boolean; readonly milliseconds: number },
): Instant {
  const from = ofDay ? sql`date_trunc('day', ${value}, 'UTC')` : value;
  return sql`${from} + ${milliseconds} * interval '1 millisecond'`;
}

/** Null where no text is read as a point in time: such a rule has the same answer for ever. */
function instantAt(place: Place): Instant | null {
  if (place.kind === 'property' && place.instant) {
    return instantOf(sql`(e.properties ->> ${place.key}::text)`, sql`jsonb_typeof(e.properties -> ${place.key}::text)`);
  }
  if (place.kind !== 'meta') return null;
  if (place.name === '$createdAt') return sql`e.created_at`;
  return place.name === '$updatedAt' ? sql`e.updated_at` : null;
}
