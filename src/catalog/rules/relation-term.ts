import { type RawBuilder, sql } from 'kysely';
import type { PathStep, PathSubject, RelatedSubject, Scalar } from './rule.ts';
import { type Condition, never, type Term } from './term.ts';

/** A statement of rows `(blueprint, identifier)`. It does not look at `e`, so it runs once and not once per row. */
type Found = RawBuilder<unknown>;

type Side = 'upstream' | 'downstream';

const reached = sql`r.target_blueprint, r.target`;
const pointing = sql`r.blueprint, r.identifier`;

/** What the given entities of a blueprint lead to, or what leads to them; not they themselves. */
export function relatedTerm({ blueprint, direction, required }: RelatedSubject, orgId: string): Term {
  const sides: readonly Side[] = direction === undefined ? ['upstream', 'downstream'] : [direction];
  return membershipTerm((values) => {
    // One set, since only a condition of its own can be joined by an index.
    const near = sides.map((side) => sql`(${everythingFrom({ blueprint, required, orgId, side }, values)})`);
    const isGiven = sql`(e.blueprint = ${blueprint} and e.identifier = any(${values}::text[]))`;
    return sql`(${isAmong(sql.join(near, sql` union `))} and not ${isGiven})`;
  });
}

interface Walk {
  readonly blueprint: string;
  readonly required: boolean | undefined;
  readonly orgId: string;
  readonly side: Side;
}

function everythingFrom({ blueprint, required, orgId, side }: Walk, values: readonly string[]): Found {
  const counts = required === undefined ? sql`` : sql`and ${isRequired} = ${required}`;
  const [start, next, selected] =
    side === 'upstream'
      ? [
          sql`r.blueprint = ${blueprint} and r.identifier = any(${values}::text[])`,
          sql`r.blueprint = seen.blueprint and r.identifier = seen.identifier`,
          reached,
        ]
      : [
          sql`r.target_blueprint = ${blueprint} and r.target = any(${values}::text[])`,
          sql`r.target_blueprint = seen.blueprint and r.target = seen.identifier`,
          pointing,
        ];
  return sql`
    with recursive seen(blueprint, identifier) as (
      select ${selected} from entity_relation r where r.org_id = ${orgId} and ${start} ${counts}
      union
      select ${selected} from seen join entity_relation r on r.org_id = ${orgId} and ${next} ${counts}
    ) select blueprint, identifier from seen`;
}

const isRequired = sql`coalesce((
  select b.document -> 'relations' -> r.relation ->> 'required' = 'true' from blueprint b
  where b.org_id = r.org_id and b.identifier = r.blueprint), false)`;

/** Whether the walk from an entity meets one of the values; or, with `from`, whether the walk from one meets it. */
export function pathTerm({ steps, from }: PathSubject, orgId: string): Term {
  return membershipTerm((values) => {
    const isForward = from !== undefined;
    const start = isForward ? named(sql`array[${from}::text]`, values) : endsOf(steps, orgId, values);
    const walked = isForward ? steps : steps.toReversed();
    return isAmong(
      walked.reduce((found, step) => walkStep(found, step, orgId, isForward ? 'upstream' : 'downstream'), start),
    );
  });
}

/** Identifiers say nothing of their blueprint: it is what the last relation points at, in any blueprint that has it. */
function endsOf(steps: readonly PathStep[], orgId: string, values: readonly string[]): Found {
  const relation = steps.at(-1)?.relation ?? '';
  const targets = sql`array(
    select distinct b.document -> 'relations' -> ${relation}::text ->> 'target' from blueprint b
    where b.org_id = ${orgId} and b.document -> 'relations' -> ${relation}::text is not null)`;
  return named(targets, values);
}

function named(blueprints: RawBuilder<unknown>, values: readonly string[]): Found {
  return sql`
    select b.blueprint, v.identifier from unnest(${blueprints}) as b(blueprint)
    cross join unnest(${values}::text[]) as v(identifier)`;
}

function walkStep(found: Found, { relation, maxHops }: PathStep, orgId: string, side: Side): Found {
  const selected = side === 'upstream' ? reached : pointing;
  const join = (before: string): RawBuilder<unknown> => {
    const at = sql.ref(before);
    const meets =
      side === 'upstream'
        ? sql`r.blueprint = ${at}.blueprint and r.identifier = ${at}.identifier`
        : sql`r.target_blueprint = ${at}.blueprint and r.target = ${at}.identifier`;
    return sql`join entity_relation r on r.org_id = ${orgId} and r.relation = ${relation} and ${meets}`;
  };
  if (maxHops === 1)
    return sql`select distinct ${selected} from (${found}) as start(blueprint, identifier) ${join('start')}`;
  return sql`
    with recursive hop(blueprint, identifier, depth) as (
      select ${selected}, 1 from (${found}) as start(blueprint, identifier) ${join('start')}
      union
      select ${selected}, hop.depth + 1 from hop ${join('hop')} where hop.depth < ${maxHops}
    ) select distinct blueprint, identifier from hop`;
}

function isAmong(found: Found): Condition {
  return sql`(e.blueprint, e.identifier) in (${found})`;
}

/** A term that can only be asked whether it has one of several identifiers. */
function membershipTerm(shares: (values: readonly string[]) => Condition): Term {
  return {
    missing: never,
    emptyList: never,
    blank: never,
    among: () => never,
    shares: (values: readonly Scalar[]) => shares(values.filter((value) => typeof value === 'string')),
    equalsList: () => never,
    hasText: () => never,
    compareNumber: () => never,
    compareInstant: () => never,
  };
}
