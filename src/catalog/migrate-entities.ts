import { sql } from 'kysely';
import { authorize } from '#access/permissions.ts';
import { systemActor } from '#platform/commands/actor.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { Core } from '#platform/core.ts';
import type { JsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import type { EntityParts } from './apply-changes.ts';
import { refuseUnknown } from './blueprint-queries.ts';
import { finishMigration } from './end-migration.ts';
import { entityColumns, type EntityRow, toWireEntity } from './entity-queries.ts';
import { type Mapping, mappingProgram, readMapped } from './mapping-rules.ts';
import { advanceMigration, insertMigration, type MigrationWork } from './migration-store.ts';
import { writeEntities } from './write-entities.ts';

type MappingWork = Extract<MigrationWork, { readonly kind: 'map' }>;

/** Few enough that a transaction stays short. */
const chunkSize = 100;

export interface StartMigrationInput {
  readonly sourceBlueprint: string;
  readonly mapping: Mapping;
}

/** Records that entities of one blueprint are to be written as entities of another; answers the migration's id. */
export function startMigration(parts: EntityParts): Command<StartMigrationInput, string> {
  return async function startMigrationCommand(ctx, { sourceBlueprint: blueprint, mapping }) {
    authorize(ctx.actor, 'blueprint.write', { blueprint });
    const names = [blueprint, mapping.blueprint];
    const held = await parts.blueprints.hold(ctx.db, ctx.actor.orgId, names);
    for (const name of names) if (!held.has(name)) refuseUnknown(name);
    const { actor, origin } = ctx;
    const begunAt = ctx.now.toISOString();
    const work = { kind: 'map', caller: { actor, origin }, blueprint, mapping, after: null, begunAt } as const;
    return insertMigration(ctx, work, { mapping, deleteEntities: false, deleteBlueprint: false });
  };
}

interface Step {
  readonly id: string;
  readonly done: number;
  readonly failed: number;
  readonly work: MappingWork;
}

const advance: Command<Step, boolean> = maybeSilent(async function advanceMappingCommand(
  ctx: WriteContext,
  { id, ...step }: Step,
) {
  return advanceMigration(ctx, id, step);
});

/** Goes on where the last step ended, on behalf of who asked; what is written twice is written once. */
export async function migrateEntities(
  core: Core,
  parts: EntityParts,
  migration: { readonly orgId: string; readonly id: string; readonly work: MappingWork },
): Promise<void> {
  const { orgId, id } = migration;
  const own = { actor: systemActor(orgId, 'catalog'), origin: 'SYSTEM', requestId: null } as const;
  let failure: string | null = null;
  try {
    let step = await migrateChunk(core, parts, orgId, migration.work);
    while (step !== null) {
      const work = goingOn(migration.work, step.after);
      const isWanted: boolean = await core.runner.execute(own, advance, { id, ...step, work });
      if (!isWanted) failure = 'It was cancelled.';
      step = isWanted ? await migrateChunk(core, parts, orgId, work) : null;
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failure = error.message;
  }
  await core.runner.execute(own, finishMigration, { id, failure });
}

function goingOn(work: MappingWork, after: string): MappingWork {
  return { ...work, after };
}

/** Null when nothing is left. jq runs outside of any transaction. */
async function migrateChunk(
  core: Core,
  parts: EntityParts,
  orgId: string,
  work: MappingWork,
): Promise<{ readonly after: string; readonly done: number; readonly failed: number } | null> {
  const rows = await nextRows(core, orgId, work);
  const last = rows.at(-1);
  if (last === undefined) return null;
  const { document } = await parts.blueprints.get(core.db, orgId, work.blueprint);
  const inputs = rows.map((row) => toWireEntity(row, document));
  const results = await parts.derivation.jq.evaluateBatch([mappingProgram(work.mapping)], inputs);
  const outcomes = results.map(([result]) => (result?.ok === true ? readMapped(result.value) : null));
  const entities = outcomes.flatMap((found) => found ?? []);
  let failed = outcomes.filter((found) => found === null).length;
  for (let from = 0; from < entities.length; from += chunkSize) {
    failed += await writeMapped(core, parts, work, entities.slice(from, from + chunkSize));
  }
  return { after: last.identifier, done: rows.length, failed };
}

/** How many of them could not be written. */
async function writeMapped(
  core: Core,
  parts: EntityParts,
  { caller, mapping }: MappingWork,
  entities: readonly JsonObject[],
): Promise<number> {
  const { errors } = await core.runner.execute({ ...caller, requestId: null }, writeEntities(parts), {
    blueprint: mapping.blueprint,
    entities: entities.map((entity) => ({ ...entity })),
    ifExists: 'merge',
    ifMissing: 'create',
    validateOnly: false,
    createMissingRelated: false,
    runId: null,
    datasource: 'Quayside migration',
    expectedVersion: null,
  });
  return errors.length;
}

async function nextRows({ db }: Core, orgId: string, work: MappingWork): Promise<readonly EntityRow[]> {
  const { blueprint, after, begunAt, mapping } = work;
  // Within one blueprint what is written must not come up again.
  const isOwn = blueprint === mapping.blueprint;
  const found = await sql<EntityRow>`
    select ${entityColumns} from entity e
    where e.org_id = ${orgId} and e.blueprint = ${blueprint}
      ${after === null ? sql`` : sql`and e.identifier > ${after}`}
      ${isOwn ? sql`and e.created_at < ${begunAt}::timestamptz` : sql``}
    order by e.identifier limit ${chunkSize}`.execute(db);
  return found.rows;
}
