import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#platform/db/handles.ts';
import { notFound, type Problem } from '#platform/problem.ts';
import type { Scorecard, ScorecardDefinition } from './scorecard.ts';

interface ScorecardRow {
  readonly blueprint: string;
  readonly id: string;
  readonly document: ScorecardDefinition;
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

/** In the order in which they were made. */
export async function scorecardsOf(db: Db, orgId: string, blueprint: string): Promise<readonly Scorecard[]> {
  return read(db, orgId, sql`and blueprint = ${blueprint}`);
}

export async function allScorecards(db: Db, orgId: string): Promise<readonly Scorecard[]> {
  return read(db, orgId, sql``);
}

export async function findScorecard(
  db: Db,
  orgId: string,
  blueprint: string,
  identifier: string,
): Promise<Scorecard | null> {
  const [found] = await read(db, orgId, sql`and blueprint = ${blueprint} and identifier = ${identifier}`);
  return found ?? null;
}

/** Refuses an unknown scorecard with a 404. */
export async function getScorecard(db: Db, orgId: string, blueprint: string, identifier: string): Promise<Scorecard> {
  const found = await findScorecard(db, orgId, blueprint, identifier);
  if (found === null) throw unknownScorecard(blueprint, identifier);
  return found;
}

export function unknownScorecard(blueprint: string, identifier: string): Problem {
  return notFound('scorecard', identifier, { blueprint });
}

async function read(db: Db, orgId: string, rest: RawBuilder<unknown>): Promise<readonly Scorecard[]> {
  const found = await sql<ScorecardRow>`
    select blueprint, id, document, version, created_at as "createdAt", created_by as "createdBy",
           updated_at as "updatedAt", updated_by as "updatedBy"
    from scorecard where org_id = ${orgId} ${rest} order by blueprint, created_at, identifier`.execute(db);
  return found.rows.map(scorecardOf);
}

function scorecardOf(row: ScorecardRow): Scorecard {
  const { document, version, createdAt, updatedAt, ...rest } = row;
  return {
    version,
    document: {
      ...document,
      id: rest.id,
      blueprint: rest.blueprint,
      createdAt: createdAt.toISOString(),
      createdBy: rest.createdBy,
      updatedAt: updatedAt.toISOString(),
      updatedBy: rest.updatedBy,
    },
  };
}
