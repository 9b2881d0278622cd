import { setTimeout as rest } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Core } from '#platform/core.ts';
import type { BlueprintDocument } from '../blueprint-document.ts';
import { entityColumns, type EntityRow } from '../entity-queries.ts';
import { asksForTime, calculationsOf } from './compile-plan.ts';
import { keepDue, readDue, type TimedBlueprint, timedBlueprints, watchAll } from './record-due.ts';
import type { RefreshParts } from './refresh-entities.ts';
import { dueAtOnce, refreshNamed } from './refresh-over-time.ts';

const readAtOnce = 500;
type StaysFor = NonNullable<ReturnType<RefreshParts['derivation']['staysFor']>>;

/** Of one processor; where nobody can say when answers change, more entities are asked less often. */
const share = 0.25;

/**
 * Has expressions that ask for the time answer anew. Where it can be said for how long an answer stays, only entities
 * whose instant has come are asked; else all of them, page by page, with pauses. That is reading: no row is locked,
 * and only those with another answer are written.
 */
export async function refreshCalculations(core: Core, parts: RefreshParts): Promise<void> {
  for (const timed of await timedBlueprints(core.db)) {
    const { documents } = await parts.derivation.graphs.load(core.db, timed.orgId);
    const document = documents.get(timed.blueprint);
    if (document === undefined || !calculationsOf(document).some(({ program }) => asksForTime(program))) continue;
    const staysFor = parts.derivation.staysFor(document);
    if (staysFor === null) await askAll(core, parts, timed, document);
    else await askDue(core, parts, timed, { document, staysFor });
  }
}

async function askDue(
  core: Core,
  parts: RefreshParts,
  timed: TimedBlueprint,
  { document, staysFor }: { readonly document: BlueprintDocument; readonly staysFor: StaysFor },
): Promise<void> {
  if (timed.watched !== timed.revision) await watchAll(core.db, timed, core.clock.now());
  const now = core.clock.now();
  let due = await readDue(core.db, timed, now, readAtOnce);
  while (due.length > 0) {
    const rows = due.flatMap(({ row }) => (row === null ? [] : [row]));
    const outdated = await parts.derivation.findOutdated(document, rows, now);
    await write(core, parts, timed, outdated);
    const spans = await staysFor(rows, now);
    const stays = new Map(rows.map(({ identifier }, index) => [identifier, spans[index] ?? 0]));
    await keepDue(core.db, timed, due, (identifier) => nextLook(now, stays.get(identifier) ?? 0));
    if (due.length < readAtOnce) break;
    due = await readDue(core.db, timed, now, readAtOnce);
  }
}

/** Spread over the second half of the span, so that what was asked together is not asked together for ever. */
function nextLook(now: Date, seconds: number): Date {
  return new Date(now.getTime() + Math.max(1, seconds * (0.5 + Math.random() / 2)) * 1000);
}

async function askAll(
  core: Core,
  parts: RefreshParts,
  timed: TimedBlueprint,
  document: BlueprintDocument,
): Promise<void> {
  const { orgId, blueprint } = timed;
  let after = '';
  let rows: readonly EntityRow[];
  do {
    const used = process.cpuUsage();
    const page = await sql<EntityRow>`
      select ${entityColumns} from entity e
      where e.org_id = ${orgId} and e.blueprint = ${blueprint} and e.identifier > ${after}
      order by e.identifier limit ${readAtOnce}`.execute(core.db);
    rows = page.rows;
    await write(core, parts, timed, await parts.derivation.findOutdated(document, rows, core.clock.now()));
    after = rows.at(-1)?.identifier ?? '';
    if (rows.length === readAtOnce) await rest(pauseAfter(process.cpuUsage(used)), undefined, { ref: false });
  } while (rows.length === readAtOnce);
}

function pauseAfter({ user, system }: NodeJS.CpuUsage): number {
  return ((user + system) / 1000) * (1 / share - 1);
}

async function write(
  core: Core,
  parts: RefreshParts,
  { orgId, blueprint }: TimedBlueprint,
  outdated: readonly string[],
): Promise<void> {
  for (let at = 0; at < outdated.length; at += dueAtOnce) {
    const identifiers = outdated.slice(at, at + dueAtOnce);
    await refreshNamed(core, parts, { orgId, blueprint, identifiers }, 'always');
  }
}
