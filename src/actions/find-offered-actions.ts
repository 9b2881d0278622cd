import { sql } from 'kysely';
import type { Actor } from '#platform/commands/actor.ts';
import type { Db } from '#platform/db/handles.ts';
import type { JsonObject } from '#platform/json.ts';
import type { ActionRow } from './action.ts';
import { type ActionPermissions, executeGrant, type Grant, mayExecute } from './action-permissions.ts';
import { type FormParts, formEntity, teamsOf } from './check-inputs.ts';
import { isAllowedByPolicy } from './describe-permission.ts';
import type { ExecuteParts } from './execute-action.ts';

/** Among the actions of a blueprint; with an entity of it, among those that can be done to that. */
export interface OfferedAmong {
  readonly blueprint?: string | undefined;
  readonly entity?: string | undefined;
}

interface Candidate {
  readonly action: ActionRow;
  readonly grant: Grant;
}

const policiesAtOnce = 4;

/**
 * Published actions that the actor may execute, as far as that is known before a form is filled in: by people, roles,
 * teams and owners; by the policy where it does not ask for inputs; with an entity, by the action's condition, too.
 * What is left out here would be refused, what is listed may still be.
 */
export async function findOfferedActions(
  parts: ExecuteParts,
  actor: Actor,
  among: OfferedAmong = {},
): Promise<readonly ActionRow[]> {
  const entity = await formEntity(parts, actor, among.blueprint ?? null, among.entity);
  if (among.entity !== undefined && entity === null) return [];
  const owners = entity === null ? undefined : teamsOf(entity);
  const named = (await candidatesOf(parts.db, actor, among)).filter(({ grant }) => mayExecute(actor, grant, owners));
  const open = entity === null ? named : await withoutUnmet(parts, actor, named, entity);
  return withoutRefused(parts, actor, open, entity);
}

/** Those that people, roles, teams and owners leave to the actor; what conditions and policies say is not asked. */
export async function findGrantedActions(db: Db, actor: Actor): Promise<readonly ActionRow[]> {
  return (await candidatesOf(db, actor, {}))
    .filter(({ grant }) => mayExecute(actor, grant))
    .map(({ action }) => action);
}

async function candidatesOf(db: Db, actor: Actor, { blueprint, entity }: OfferedAmong): Promise<readonly Candidate[]> {
  const found = await sql<ActionRow & { readonly permissions: Partial<ActionPermissions> | null }>`
    select action.*, permissions.document as permissions from action
    left join action_permissions permissions
      on permissions.org_id = action.org_id and permissions.action = action.identifier
    where action.org_id = ${actor.orgId} and coalesce((action.document ->> 'publish')::boolean, true)
      and ${blueprint === undefined ? sql`true` : sql`action.blueprint = ${blueprint}`}
      and ${entity === undefined ? sql`true` : sql`action.document #>> '{trigger,operation}' <> 'CREATE'`}
    order by action.created_at, action.identifier`.execute(db);
  return found.rows.map(({ permissions, ...action }) => ({ action, grant: executeGrant(permissions) }));
}

/** Without those whose condition the entity does not meet; one question for all of them. */
async function withoutUnmet(
  parts: ExecuteParts,
  actor: Actor,
  candidates: readonly Candidate[],
  entity: JsonObject,
): Promise<readonly Candidate[]> {
  const conditions = candidates
    .map(({ action }) => action.document.trigger.condition)
    .filter((condition) => condition !== undefined);
  const name = { blueprint: String(entity['blueprint']), identifier: String(entity['identifier']) };
  const answers = await parts.passesConditions(actor, name, conditions);
  const met = new Set(conditions.filter((_, at) => answers[at] === true));
  return candidates.filter(({ action: { document } }) => {
    const { condition } = document.trigger;
    return condition === undefined || met.has(condition);
  });
}

/** Without those that the policy refuses already now; it decides for people alone. */
async function withoutRefused(
  parts: ExecuteParts,
  actor: Actor,
  candidates: readonly Candidate[],
  entity: JsonObject | null,
): Promise<readonly ActionRow[]> {
  const asked = actor.kind === 'user' ? candidates.filter((candidate) => isDecidable(candidate, entity)) : [];
  const sharing = sharingAnswers(parts);
  const refused = new Set<Candidate>();
  for (let at = 0; at < asked.length; at += policiesAtOnce) {
    await Promise.all(
      asked.slice(at, at + policiesAtOnce).map(async (candidate) => {
        const question = { action: candidate.action, actor, at: parts.clock.now(), inputs: {}, entity };
        if (!(await isAllowedByPolicy(sharing, candidate.grant, question))) refused.add(candidate);
      }),
    );
  }
  return candidates.filter((candidate) => !refused.has(candidate)).map(({ action }) => action);
}

/** Whether a policy can be asked without what the form or the choice of an entity will bring. */
function isDecidable({ action, grant: { policy } }: Candidate, entity: JsonObject | null): boolean {
  if (policy === null || policy === undefined) return false;
  const text = JSON.stringify(policy);
  const isOnEntity = action.blueprint !== null && action.document.trigger.operation !== 'CREATE';
  return !/\binputs\b/.test(text) && (entity !== null || !isOnEntity || !/\bentity\b/.test(text));
}

/** Many policies ask about the same person and the same entities. */
function sharingAnswers(parts: ExecuteParts): FormParts {
  const entities = new Map<string, ReturnType<FormParts['findEntities']>>();
  const people = new Map<string, ReturnType<FormParts['readEntity']>>();
  return {
    ...parts,
    findEntities: async (actor, search) => {
      const key = JSON.stringify([actor.kind, search.query, search.blueprints, search.limit]);
      const answer = entities.get(key) ?? parts.findEntities(actor, search);
      entities.set(key, answer);
      return answer;
    },
    readEntity: async (actor, blueprint, identifier) => {
      const key = JSON.stringify([blueprint, identifier]);
      const answer = people.get(key) ?? parts.readEntity(actor, blueprint, identifier);
      people.set(key, answer);
      return answer;
    },
  };
}
