import type { JsonObject } from '#platform/json.ts';
import { Problem } from '#platform/problem.ts';
import type { PortalCall, PortalClient } from '../portal-client.ts';
import type { Document, ImportPlan } from './import-plan.ts';

export interface Imported {
  /** How many of each there are now, in the order they were written. */
  readonly written: readonly (readonly [what: string, count: number])[];
  readonly problems: readonly string[];
}

const entitiesAtOnce = 20;
/** Well below what one request may hold. */
const charactersAtOnce = 700_000;

/** Writes a plan over the API; what is there already is brought up to date. What is refused keeps nothing else back. */
export async function applyImport(portal: PortalClient, plan: ImportPlan): Promise<Imported> {
  const written: (readonly [string, number])[] = [];
  const problems: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<number> => {
    try {
      await work();
      return 1;
    } catch (error) {
      // Without the server there is nothing to go on with.
      if (!(error instanceof Problem) || error.details?.['status'] === undefined) throw error;
      problems.push(`${what}: ${error.message}`);
      return 0;
    }
  };
  const each = async <Item>(
    what: string,
    items: readonly Item[],
    work: (item: Item) => readonly [string, () => Promise<unknown>],
  ): Promise<void> => {
    let count = 0;
    for (const item of items) {
      const [name, write] = work(item);
      count += await attempt(`${what} ${name}`, write);
    }
    if (items.length > 0) written.push([what, count]);
  };
  const put = async (collection: string, document: Document): Promise<unknown> =>
    createOrReplace(portal, collection, document);

  await each('team', plan.teams, (team) => [String(team['name']), async () => createTeam(portal, team)]);
  // Bare first, so that each finds what it points at.
  for (const blueprint of plan.blueprints) await createBare(portal, blueprint);
  await each('blueprint', plan.blueprints, (blueprint) => [
    blueprint.identifier,
    async () => portal.call(callTo('PATCH', `/v1/blueprints/${encodeURIComponent(blueprint.identifier)}`, blueprint)),
  ]);
  let entities = 0;
  for (const [blueprint, rows] of plan.entities) entities += await writeEntities(portal, blueprint, rows, problems);
  if (plan.entities.size > 0) written.push(['entity', entities]);
  await each('scorecard', plan.scorecards, ({ blueprint, ...scorecard }) => [
    scorecard.identifier as string,
    async () => put(`/v1/blueprints/${encodeURIComponent(blueprint)}/scorecards`, scorecard as unknown as Document),
  ]);
  await each('action', plan.actions, (action) => [action.identifier, async () => put('/v1/actions', action)]);
  await each('page', plan.pages, (page) => [page.identifier, async () => put('/v1/pages', page)]);
  await each('webhook', plan.webhooks, (webhook) => [webhook.identifier, async () => put('/v1/webhooks', webhook)]);
  return { written, problems };
}

function callTo(method: PortalCall['method'], path: string, body: unknown): PortalCall {
  return { doing: 'write it', method, path, body };
}

function isTaken(error: unknown): boolean {
  return error instanceof Problem && error.details?.['status'] === 409;
}

async function createOrReplace(portal: PortalClient, collection: string, document: Document): Promise<unknown> {
  try {
    return await portal.call(callTo('POST', collection, document));
  } catch (error) {
    if (!isTaken(error)) throw error;
    return portal.call(callTo('PUT', `${collection}/${encodeURIComponent(document.identifier)}`, document));
  }
}

async function createTeam(portal: PortalClient, team: JsonObject): Promise<void> {
  try {
    await portal.call(callTo('POST', '/v1/teams', team));
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
}

/** What is wrong with it is said when the whole is written. */
async function createBare(portal: PortalClient, { identifier, title, icon, schema }: Document): Promise<void> {
  const bare = { identifier, title, icon, schema };
  try {
    await portal.call(callTo('POST', '/v1/blueprints', bare));
  } catch (error) {
    if (!(error instanceof Problem) || error.details?.['status'] === undefined) throw error;
  }
}

async function writeEntities(
  portal: PortalClient,
  blueprint: string,
  rows: readonly JsonObject[],
  problems: string[],
): Promise<number> {
  const path = `/v1/blueprints/${encodeURIComponent(blueprint)}/entities/bulk?upsert=true&merge=true&create_missing_related_entities=true`;
  let written = 0;
  for (const entities of batchesOf(rows)) {
    try {
      const answer = await portal.call(callTo('POST', path, { entities }));
      const refused = (answer['errors'] ?? []) as readonly { identifier?: unknown; message?: unknown }[];
      for (const { identifier, message } of refused) {
        problems.push(`entity ${blueprint}/${String(identifier)}: ${String(message)}`);
      }
      written += entities.length - refused.length;
    } catch (error) {
      if (!(error instanceof Problem) || error.details?.['status'] === undefined) throw error;
      problems.push(`${entities.length} entities of ${blueprint}: ${error.message}`);
    }
  }
  return written;
}

function batchesOf(rows: readonly JsonObject[]): readonly (readonly JsonObject[])[] {
  const batches: JsonObject[][] = [];
  let size = 0;
  for (const row of rows) {
    const length = JSON.stringify(row).length;
    const last = batches.at(-1);
    if (last === undefined || last.length >= entitiesAtOnce || size + length > charactersAtOnce) {
      batches.push([row]);
      size = length;
    } else {
      last.push(row);
      size += length;
    }
  }
  return batches;
}
