import { isRecord, jsonObject } from '../received-request.ts';
import type { StepAction, StepContext, StepInputs } from './step-action.ts';

type Outputs = Record<string, string>;
type Call = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;
type Operation = (inputs: StepInputs, call: Call) => Promise<Outputs>;

const operations: Readonly<Record<string, Operation>> = {
  upsert: async (inputs, call) => ({ identifier: await upsert(inputs, inputs, call) }),
  bulk_upsert: bulkUpsert,
  get: getEntity,
  search: searchEntities,
  delete: deleteEntity,
  create_run: createRun,
  patch_run: patchRun,
};

/**
 * Port's GitHub action over real HTTP: the same requests in the same order, with its headers.
 * Its default address, Port's own, is replaced by this Quayside's.
 */
export const portGithubAction: StepAction = async (inputs, context) => {
  try {
    for (const name of ['clientid', 'clientsecret'])
      if (!inputs[name]) throw new Error(`Input required and not supplied: ${name}`);
    const name = inputs['operation']?.toLowerCase() || 'upsert';
    const operation = operations[name];
    if (!operation) throw new Error(`Unknown operation ${name}`);
    const outputs = await operation(inputs, await signIn(inputs, context));
    context.log(`${name.toUpperCase()} done${outputs['runId'] ? ` for run ${outputs['runId']}` : ''}`);
    return { conclusion: 'success', outputs };
  } catch (error) {
    context.log(`Error: ${error instanceof Error ? error.message : String(error)}`);
    return { conclusion: 'failure' };
  }
};

async function signIn(inputs: StepInputs, context: StepContext): Promise<Call> {
  const given = inputs['baseurl'];
  if (!given) context.log(`No baseUrl given: calling ${context.quaysideUrl} (on GitHub, set baseUrl to your Quayside)`);
  const baseUrl = given || context.quaysideUrl;
  let authorization: Record<string, string> = {};
  const call: Call = async (method, path, body) => {
    const response = await context.fetch(baseUrl + path, {
      method,
      headers: {
        ...authorization,
        ...(method === 'PATCH' ? {} : { 'user-agent': 'github-action/v1.0' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: context.signal,
    });
    const answer = jsonObject(await response.text());
    if (!response.ok || answer?.['ok'] !== true) {
      throw new Error(
        `${method} ${path} answered ${response.status}: ${text(answer?.['message'] ?? answer?.['error'])}`,
      );
    }
    return answer;
  };
  const { accessToken } = await call('POST', '/v1/auth/access_token', {
    clientId: inputs['clientid'],
    clientSecret: inputs['clientsecret'],
  });
  authorization = { authorization: `Bearer ${text(accessToken)}` };
  return call;
}

async function upsert(entity: Readonly<Record<string, unknown>>, inputs: StepInputs, call: Call): Promise<string> {
  const blueprint = needed(text(entity['blueprint']), 'blueprint');
  const query = new URLSearchParams({ upsert: 'true', merge: 'true' });
  if (inputs['runid']) query.set('run_id', inputs['runid']);
  if (inputs['createmissingrelatedentities'] === 'true') query.set('create_missing_related_entities', 'true');
  const body = {
    ...present(entity, ['identifier', 'title', 'icon']),
    blueprint,
    ...(entity['team'] ? { team: jsonOr(entity['team']) } : {}),
    properties: asJson(entity['properties'], {}),
    relations: asJson(entity['relations'], {}),
  };
  const answer = await call('POST', `/v1/blueprints/${blueprint}/entities?${query.toString()}`, body);
  return isRecord(answer['entity']) ? text(answer['entity']['identifier']) : '';
}

async function bulkUpsert(inputs: StepInputs, call: Call): Promise<Outputs> {
  const entities = asJson(inputs['entities'], undefined);
  if (!Array.isArray(entities)) throw new Error('BULK_UPSERT needs entities, a JSON array');
  const identifiers: string[] = [];
  for (const entity of entities) if (isRecord(entity)) identifiers.push(await upsert(entity, inputs, call));
  return { identifiers: JSON.stringify(identifiers) };
}

async function getEntity(inputs: StepInputs, call: Call): Promise<Outputs> {
  const answer = await call('GET', `${entityPath(inputs)}${includes(inputs)}`);
  return { entity: JSON.stringify(answer['entity']) };
}

async function searchEntities(inputs: StepInputs, call: Call): Promise<Outputs> {
  const query = asJson(inputs['query'], undefined);
  const answer = await call('POST', `/v1/entities/search${includes(inputs)}`, query);
  return { entities: JSON.stringify(answer['entities']) };
}

async function deleteEntity(inputs: StepInputs, call: Call): Promise<Outputs> {
  const query = new URLSearchParams({ delete_dependents: String(inputs['deletedependents'] === 'true') });
  if (inputs['runid']) query.set('run_id', inputs['runid']);
  await call('DELETE', `${entityPath(inputs)}?${query.toString()}`);
  return {};
}

async function createRun(inputs: StepInputs, call: Call): Promise<Outputs> {
  const action = needed(inputs['action'], 'action');
  const body = {
    properties: asJson(inputs['properties'], {}),
    ...(inputs['identifier'] ? { entity: inputs['identifier'] } : {}),
  };
  const answer = await call('POST', `/v1/actions/${action}/runs`, body);
  return { runId: isRecord(answer['run']) ? text(answer['run']['id']) : '' };
}

async function patchRun(inputs: StepInputs, call: Call): Promise<Outputs> {
  const runId = needed(inputs['runid'], 'runId');
  const { status, logmessage: logMessage, link } = inputs;
  if (status && !['SUCCESS', 'FAILURE'].includes(status)) throw new Error('status must be SUCCESS or FAILURE');
  // The log goes first: after a status that ends the run there is no logging any more.
  if (logMessage) await call('POST', `/v1/actions/runs/${runId}/logs`, { message: logMessage });
  const changes = {
    ...(status ? { status } : {}),
    ...(inputs['statuslabel'] ? { statusLabel: inputs['statuslabel'] } : {}),
    ...(link ? { link: jsonOr(link) } : {}),
    ...(inputs['summary'] ? { summary: inputs['summary'] } : {}),
    ...(inputs['externalrunid'] ? { externalRunId: inputs['externalrunid'] } : {}),
  };
  if (Object.keys(changes).length > 0) await call('PATCH', `/v1/actions/runs/${runId}?runId=${runId}`, changes);
  return { runId };
}

function entityPath(inputs: StepInputs): string {
  const blueprint = needed(inputs['blueprint'], 'blueprint');
  return `/v1/blueprints/${blueprint}/entities/${encodeURIComponent(needed(inputs['identifier'], 'identifier'))}`;
}

function includes(inputs: StepInputs): string {
  const names = asJson(inputs['include'], []);
  if (!Array.isArray(names) || names.length === 0) return '';
  return `?${names.map((name) => `include=${encodeURIComponent(String(name))}`).join('&')}`;
}

function needed(value: string | undefined, name: string): string {
  if (!value) throw new Error(`${name} is missing from the inputs`);
  return value;
}

function present(entity: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => Boolean(entity[key])).map((key) => [key, entity[key]]));
}

/** JSON over several lines, as a block of YAML gives it; elements of a bulk are parsed already. */
function asJson(value: unknown, otherwise: unknown): unknown {
  if (value === undefined || value === '') return otherwise;
  return typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
}

function jsonOr(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : value;
  } catch {
    return value;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
