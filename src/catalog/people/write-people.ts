import { sql } from 'kysely';
import { createPerson } from '#access/create-person.ts';
import { emailPattern, teamNamePattern } from '#access/contract.ts';
import { updatePerson } from '#access/update-person.ts';
import { personByEmailIn } from '#access/people-queries.ts';
import { assertKnownRoles, authorize } from '#access/permissions.ts';
import { createTeam, updateTeam } from '#access/save-team.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { NewEvent } from '#platform/events/event.ts';
import type { JsonObject } from '#platform/json.ts';
import { notFound, Problem, problem } from '#platform/problem.ts';
import type { EntityParts } from '../apply-changes.ts';
import { refuseUnknown } from '../blueprint-queries.ts';
import { checkEntityShape, type EntityInput } from '../entity-rules.ts';
import { type FailedEntity, identifierTaken, type WriteEntitiesInput } from '../plan-entities.ts';
import { resolveQueries } from '../resolve-queries.ts';
import type { WriteEntitiesResult, WrittenEntity } from '../write-entities.ts';
import { type Facts, personChange, refused, serviceAccount, teamChange } from './fact-rules.ts';
import { factsOfOne } from './people-queries.ts';
import { isStructureKey, type PeopleBlueprint } from './structure-rules.ts';

type WriteRows = (ctx: WriteContext, parts: EntityParts, input: WriteEntitiesInput) => Promise<WriteEntitiesResult>;

/**
 * Writes of `_user` and `_team`: what sign-in keeps of people and teams is changed there, by the same commands as over
 * the routes of users and teams, and the entity then takes it from there. Each entity of a call by itself: one that is
 * refused leaves nothing behind.
 */
export async function writePeople(
  ctx: WriteContext,
  parts: EntityParts,
  input: WriteEntitiesInput,
  writeRows: WriteRows,
): Promise<WriteEntitiesResult> {
  const entities: WrittenEntity[] = [];
  const errors: FailedEntity[] = [];
  for (const [index, entity] of input.entities.entries()) {
    const events: NewEvent[] = [];
    const own: WriteContext = { ...ctx, emit: (event) => void events.push(event) };
    await sql`savepoint one_of_the_people`.execute(ctx.db);
    const outcome = await writeOne(own, parts, { ...input, entities: [entity] }, writeRows).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      return error;
    });
    const isRefused = outcome instanceof Problem;
    if (isRefused) errors.push(failed(index, entity, outcome));
    else entities.push({ ...outcome, index });
    if (isRefused || input.validateOnly) {
      await sql`rollback to savepoint one_of_the_people`.execute(ctx.db);
    } else {
      await sql`release savepoint one_of_the_people`.execute(ctx.db);
      for (const event of events) ctx.emit(event);
    }
  }
  return { entities, errors };
}

function failed(index: number, entity: EntityInput, { kind, code, message, details = {} }: Problem): FailedEntity {
  const given: unknown = (entity as EntityInput | null)?.identifier;
  return {
    index,
    identifier: typeof given === 'string' && given !== '' ? given : 'unknown',
    kind,
    code,
    message,
    details,
  };
}

async function writeOne(
  ctx: WriteContext,
  parts: EntityParts,
  input: WriteEntitiesInput,
  writeRows: WriteRows,
): Promise<WrittenEntity> {
  const blueprint = input.blueprint as PeopleBlueprint;
  const entity = await readSent(ctx, parts, input);
  const given = typeof entity.identifier === 'string' ? entity.identifier : '';
  const named = input.identifier ?? given;
  const known = named === '' ? null : await factsOfOne(ctx, blueprint, named);
  refuseByExistence(input, named, known);
  const next = given === '' ? (known?.identifier ?? named) : given;
  const credentials = await (blueprint === '_user' ? savePerson : saveTeam)({ ctx, parts }, entity, known, next);
  const facts = (await factsOfOne(ctx, blueprint, next)) ?? refuseUnknown(blueprint);
  const own = Object.entries(entity.properties ?? {}).filter(([key]) => !isStructureKey(blueprint, key));
  const result = await writeRows(ctx, parts, {
    ...input,
    identifier: known?.identifier ?? facts.identifier,
    entities: [{ ...entity, ...facts, properties: { ...Object.fromEntries(own), ...facts.properties } }],
    ifExists: input.ifExists === 'refuse' ? 'merge' : input.ifExists,
    ifMissing: 'create',
    validateOnly: false,
  });
  const additionalData = credentials === null || input.validateOnly ? {} : { additionalData: { credentials } };
  return { ...onlyOne(result), ...additionalData, created: known === null };
}

async function readSent(ctx: WriteContext, parts: EntityParts, input: WriteEntitiesInput): Promise<EntityInput> {
  const { document } = await parts.blueprints.get(ctx.db, ctx.actor.orgId, input.blueprint);
  const sent = input.entities[0] ?? {};
  checkEntityShape(sent);
  const { entity, refusal } = await resolveQueries(ctx, parts, document, sent);
  if (refusal !== null) throw refusal;
  return entity;
}

function onlyOne({ entities, errors }: WriteEntitiesResult): WrittenEntity {
  const [wrong] = errors;
  if (wrong !== undefined) throw new Problem(wrong.kind, wrong.code, wrong.message, wrong.details);
  const [written] = entities;
  if (written === undefined) throw new Error('A person or team was neither written nor refused');
  return written;
}

function refuseByExistence(input: WriteEntitiesInput, named: string, known: Facts | null): void {
  if (known === null && input.ifMissing === 'refuse') throw notFound('entity', named, { blueprint: input.blueprint });
  if (known !== null && input.ifExists === 'refuse') throw identifierTaken(input.blueprint, known.identifier);
}

/** What a new service account signs in with. */
type Credentials = JsonObject & { readonly clientId: string; readonly clientSecret: string };

interface Ground {
  readonly ctx: WriteContext;
  readonly parts: EntityParts;
}

async function savePerson(
  { ctx, parts }: Ground,
  entity: EntityInput,
  known: Facts | null,
  email: string,
): Promise<Credentials | null> {
  if (known !== null) {
    if (email.toLowerCase() !== known.identifier.toLowerCase()) {
      throw invalid('identifier', 'is the e-mail address that somebody signs in with and cannot be changed');
    }
    const { roles = [] } = (await personByEmailIn(ctx.db, ctx.actor.orgId, email)) ?? {};
    const change = personChange(entity, known, roles);
    if (Object.keys(change).length > 0) await updatePerson(ctx, { email, ...change });
    return null;
  }
  return addPerson({ ctx, parts }, entity, email);
}

async function addPerson({ ctx, parts }: Ground, entity: EntityInput, email: string): Promise<Credentials | null> {
  authorize(ctx.actor, 'organisation.manage');
  if (!new RegExp(emailPattern).test(email) || email.length > 254)
    throw invalid('identifier', 'must be an e-mail address');
  const {
    firstName = '',
    lastName = '',
    roles = ['Member'],
    teams = [],
    status,
  } = personChange(entity, null, ['Member']);
  assertKnownRoles(roles);
  const person = { email, firstName, lastName, roles, teams };
  if (entity.properties?.['port_type'] !== serviceAccount) {
    await createPerson(ctx, { ...person, status: status ?? 'STAGED', passwordHash: null });
    return null;
  }
  // What it answers is a secret, and what an action or a mapping is answered is kept and read by many.
  if (ctx.actor.kind === 'system')
    throw refused('port_type', 'cannot be "Service Account" where actions and mappings write');
  const { clientId, clientSecret } = await parts.accounts(ctx, { ...person, status: status ?? 'ACTIVE' });
  return { clientId, clientSecret };
}

async function saveTeam({ ctx }: Ground, entity: EntityInput, known: Facts | null, name: string): Promise<null> {
  const change = teamChange(entity, known, name);
  if (known === null || change.name !== undefined) {
    if (!new RegExp(teamNamePattern).test(name) || name.length > 100) {
      throw invalid('identifier', 'must be a name of up to 100 characters without ; # / ?');
    }
  }
  if (known === null) await createTeam(ctx, { name, ...change });
  else if (Object.keys(change).length > 0) await updateTeam(ctx, { current: known.identifier, change });
  return null;
}

function invalid(path: string, message: string): Problem {
  return problem('invalid', 'invalid_request', `${path} ${message}.`, { errors: [{ path, message }] });
}
