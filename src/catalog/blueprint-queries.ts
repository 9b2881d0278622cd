import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import { prepared } from '#platform/db/prepared.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { notFound } from '#platform/problem.ts';
import type { BlueprintDefinition, BlueprintDocument } from './blueprint-document.ts';

/** A blueprint in one state of its life. */
export interface Blueprint {
  readonly document: BlueprintDocument;
  readonly version: number;
  /** Names this state; no other state of any blueprint has it. */
  readonly revision: string;
  /** The part of the permissions that somebody changed. */
  readonly permissions: JsonObject;
}

/** Reads blueprints, each state parsed once. Every read asks the database which state holds. */
export interface Blueprints {
  find(db: Db, orgId: string, identifier: string): Promise<Blueprint | null>;
  /** Like `find`, but refuses an unknown blueprint with a 404. */
  get(db: Db, orgId: string, identifier: string): Promise<Blueprint>;
  all(db: Db, orgId: string): Promise<readonly Blueprint[]>;
  /** The latest state that this process saw, for statements that read the revision beside something else. */
  lastSeen(orgId: string, identifier: string): Blueprint | null;
  /** This state, where this process has it; for statements that read the revision beside something else. */
  cached(orgId: string, identifier: string, revision: string): Blueprint | null;
  /** Keeps these blueprints as they are until the transaction ends, beside other holders. Unknown ones are left out. */
  hold(tx: Tx, orgId: string, identifiers: readonly string[]): Promise<ReadonlyMap<string, Blueprint>>;
  /** For changing one: waits for everybody who holds it. */
  lock(tx: Tx, orgId: string, identifier: string): Promise<Blueprint>;
}

interface BlueprintRow {
  readonly identifier: string;
  readonly version: number;
  readonly revision: string;
  /** Null when this process has this revision already. */
  readonly document: string | null;
  readonly permissions: JsonObject;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

/** Characters of definitions that are kept parsed and compiled. */
const sizeLimit = 32_000_000;

export function createBlueprints(): Blueprints {
  const cache = createCache();
  const read = async (
    db: Db,
    orgId: string,
    known: readonly Kept[],
    rest: RawBuilder<unknown>,
  ): Promise<Blueprint[]> => {
    const revisions = known.map((kept) => kept.blueprint.revision);
    const found = await sql<BlueprintRow>`${prepared}
      select identifier, version, revision::text as revision, permissions,
             case when revision::text = any(${revisions}::text[]) then null else document::text end as document,
             created_at as "createdAt", created_by as "createdBy", updated_at as "updatedAt", updated_by as "updatedBy"
      from blueprint where org_id = ${orgId} ${rest}`.execute(db);
    return found.rows.map((row) => {
      const kept = row.document === null ? known.find((item) => item.blueprint.revision === row.revision) : undefined;
      return cache.keep(orgId, kept ?? { blueprint: blueprintOf(row), size: row.document?.length ?? 0 });
    });
  };
  const find = async (db: Db, orgId: string, identifier: string): Promise<Blueprint | null> => {
    const [blueprint] = await read(db, orgId, cache.known(orgId, [identifier]), sql`and identifier = ${identifier}`);
    return blueprint ?? null;
  };
  const lastSeen = (orgId: string, identifier: string): Blueprint | null =>
    cache.known(orgId, [identifier])[0]?.blueprint ?? null;
  return {
    find,
    async get(db, orgId, identifier) {
      return (await find(db, orgId, identifier)) ?? refuseUnknown(identifier);
    },
    async all(db, orgId) {
      return read(db, orgId, cache.knownOf(orgId), sql`order by identifier`);
    },
    lastSeen,
    cached(orgId, identifier, revision) {
      const seen = lastSeen(orgId, identifier);
      return seen?.revision === revision ? seen : null;
    },
    async hold(tx, orgId, identifiers) {
      const rest = sql`and identifier = any(${[...identifiers]}::text[]) order by identifier for key share`;
      const held = await read(tx, orgId, cache.known(orgId, identifiers), rest);
      return new Map(held.map((blueprint) => [blueprint.document.identifier, blueprint]));
    },
    async lock(tx, orgId, identifier) {
      const rest = sql`and identifier = ${identifier} for update`;
      const [locked] = await read(tx, orgId, cache.known(orgId, [identifier]), rest);
      return locked ?? refuseUnknown(identifier);
    },
  };
}

export function refuseUnknown(identifier: string): never {
  throw notFound('blueprint', identifier);
}

function blueprintOf(row: BlueprintRow): Blueprint {
  const definition: unknown = JSON.parse(row.document ?? 'null');
  if (!isJsonObject(definition)) throw new Error(`Blueprint ${row.identifier} has no definition`);
  const document = {
    identifier: row.identifier,
    ...(definition as unknown as BlueprintDefinition),
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    updatedAt: row.updatedAt.toISOString(),
    updatedBy: row.updatedBy,
  };
  return { document, version: row.version, revision: row.revision, permissions: row.permissions };
}

interface Kept {
  readonly blueprint: Blueprint;
  readonly size: number;
}

interface Cache {
  known(orgId: string, identifiers: readonly string[]): readonly Kept[];
  knownOf(orgId: string): readonly Kept[];
  keep(orgId: string, kept: Kept): Blueprint;
}

/** The latest state seen of each blueprint; the longest unused leave first. */
function createCache(): Cache {
  const entries = new Map<string, Kept>();
  let size = 0;
  const drop = (key: string): void => {
    size -= entries.get(key)?.size ?? 0;
    entries.delete(key);
  };
  return {
    known: (orgId, identifiers) =>
      identifiers.flatMap((identifier) => {
        const kept = entries.get(`${orgId}\n${identifier}`);
        return kept === undefined ? [] : [kept];
      }),
    knownOf: (orgId) => [...entries].filter(([key]) => key.startsWith(`${orgId}\n`)).map(([, kept]) => kept),
    keep(orgId, kept) {
      const key = `${orgId}\n${kept.blueprint.document.identifier}`;
      drop(key);
      entries.set(key, kept);
      size += kept.size;
      for (const oldest of entries.keys()) {
        if (size <= sizeLimit || oldest === key) break;
        drop(oldest);
      }
      return kept.blueprint;
    },
  };
}
