import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '#platform/http/route.ts';
import { actionExamples, runExamples } from '#testing/port-examples/action-examples.ts';
import {
  blueprintExamples,
  entityExamples,
  scorecardExamples,
  searchExamples,
} from '#testing/port-examples/catalog-examples.ts';
import { type Example, type Examples, type Request, requestOf, type World } from '#testing/port-examples/example.ts';
import { accessExamples, organisationExamples } from '#testing/port-examples/organisation-examples.ts';
import { pageExamples } from '#testing/port-examples/page-examples.ts';
import { webhookExamples } from '#testing/port-examples/webhook-examples.ts';
import { addPerson, signInAdministrator, type Visitor } from '#testing/sign-in.ts';
import { send, startTestApp, type TestAnswer, type TestApp } from '#testing/start-app.ts';
import { type PortRoute, portRoutes, reasonFor, routeShape } from './port-routes.ts';

/** Whatever is served of Port's routes needs one here: how it is asked for each status that Port describes. */
const examples: Examples = {
  ...blueprintExamples,
  ...entityExamples,
  ...searchExamples,
  ...scorecardExamples,
  ...actionExamples,
  ...runExamples,
  ...accessExamples,
  ...organisationExamples,
  ...pageExamples,
  ...webhookExamples,
};

let app: TestApp;
let world: World;
let administrator: Visitor;
let served: ReadonlyMap<string, Route>;

const schema = { properties: { text: { type: 'string' }, number: { type: 'number' } }, required: [] };
const parent = { parent: { target: 'service' } };
const prepared: readonly (readonly [string, object])[] = [
  ['/v1/teams', { name: 'team' }],
  [
    '/v1/blueprints',
    { identifier: 'service', title: 'Service', schema, relations: parent, ownership: { type: 'Direct' } },
  ],
  [
    '/v1/blueprints',
    { identifier: 'needy', title: 'Needy', schema, relations: { needs: { target: 'service', required: true } } },
  ],
  [
    '/v1/blueprints',
    {
      identifier: 'heir',
      title: 'Heir',
      schema,
      relations: parent,
      ownership: { type: 'Inherited', path: 'parent' },
    },
  ],
  ['/v1/blueprints/service/entities', { identifier: 'one', properties: { number: 1 } }],
  ['/v1/blueprints/service/entities', { identifier: 'two' }],
  ['/v1/blueprints/service/scorecards', { identifier: 'ready', title: 'Ready', rules: [] }],
  [
    '/v1/actions',
    {
      identifier: 'call',
      trigger: { type: 'self-service', operation: 'CREATE', blueprintIdentifier: 'service' },
      invocationMethod: { type: 'KAFKA' },
    },
  ],
];

beforeAll(async () => {
  app = await startTestApp();
  served = new Map(
    app.app.modules.list.flatMap((module) => module.routes ?? []).map((route) => [routeShape(route), route] as const),
  );
  const make: World['make'] = async (method, path, body) => {
    const answer = await app.call(method, path, body);
    expect({ path, status: answer.status < 300, told: answer.body }).toMatchObject({ status: true });
    return answer;
  };
  for (const [path, body] of prepared) await make('POST', path, body);
  const begun = await make('POST', '/v1/actions/call/runs', {});
  const other = await app.database.database.pool.query<{ id: string }>(
    `insert into credential (org_id, id, name, client_id, sealed_secret, created_at, created_by, updated_at)
     select org_id, 'app_' || word, word, word, sealed_secret, now(), created_by, now()
     from credential cross join unnest(array['other', 'spare']) as word returning id`,
  );
  administrator = await signInAdministrator(app);
  await addPerson(app, { email: 'person@example.com' });
  world = {
    make,
    settle: async () => app.settle(),
    run: (begun.body['run'] as { id: string }).id,
    credential: other.rows[0]?.id ?? 'none',
    spareCredential: other.rows[1]?.id ?? 'none',
    person: 'person@example.com',
  };
});
afterAll(async () => app.stop());

async function ask(route: PortRoute, { path, body }: Request, by?: Example['by']): Promise<TestAnswer> {
  return (by === undefined ? app : administrator).call(route.method, path, body);
}

function isServed(route: PortRoute): boolean {
  return served.has(routeShape(route));
}

test('a route of Port is served or left out for a reason', () => {
  const unexplained = portRoutes.filter((route) => !isServed(route) && reasonFor(route) === null);
  expect(unexplained.map(routeShape)).toEqual([]);
});

test('every route of Port that is served has an example, and no other has', () => {
  const shapes = portRoutes.filter(isServed).map(routeShape);
  expect(Object.keys(examples).toSorted()).toEqual(shapes.toSorted());
});

test('our routes under /v1 are Port’s', () => {
  const known = new Set(portRoutes.map(routeShape));
  const own = [...served.keys()].filter((shape) => shape.includes(' /v1/') && !known.has(shape));
  expect(own.toSorted()).toEqual([
    'POST /v1/blueprints/:/actions/:/runs',
    'POST /v1/blueprints/:/entities/:/actions/:/runs',
    'PUT /v1/actions/:/permissions',
  ]);
});

describe('routes that are not served', () => {
  test('answer 404 in the envelope of all errors', async () => {
    for (const route of portRoutes.filter((candidate) => !isServed(candidate))) {
      const path = route.path.replaceAll(/:\w+/g, 'absent');
      const answer = await ask(route, { path });
      expect({ path: routeShape(route), status: answer.status, body: answer.body }).toMatchObject({
        status: 404,
        body: { ok: false, error: 'not_found', message: expect.any(String) as string },
      });
    }
  });
});

/** The last name of a path that says where something is. */
function withUnknownName(route: PortRoute, path: string): string {
  const places = route.path.split('/');
  const last = places.findLastIndex((part) => part.startsWith(':'));
  return (path.split('?')[0] ?? '')
    .split('/')
    .map((part, index) => (index === last ? 'absent' : part))
    .join('/');
}

interface Attempt {
  readonly name: string;
  readonly status: number;
  readonly error?: string | undefined;
  readonly answer: TestAnswer;
}

/** What Port describes beside what is special to a route, as far as it describes it. */
async function usualRefusals(route: PortRoute, example: Example): Promise<readonly Attempt[]> {
  const usual = await requestOf(example.ask, world);
  const told: Attempt[] = [];
  const isDue = (status: number): boolean =>
    route.statuses.includes(status) && example.status !== status && example.never?.[status] === undefined;
  if (isDue(401)) {
    const url = `${app.url}${usual.path}`;
    const bad = { authorization: 'Bearer x' };
    told.push({ name: 'no token', status: 401, answer: await send(url, route.method, usual.body, {}) });
    told.push({ name: 'bad token', status: 401, answer: await send(url, route.method, usual.body, bad) });
  }
  if (isDue(413)) {
    const limit = served.get(routeShape(route))?.bodyLimit ?? 1_048_576;
    const answer = await ask(route, { path: usual.path, body: { text: 'x'.repeat(limit) } });
    told.push({ name: 'too large', status: 413, answer });
  }
  if (isDue(404)) {
    const unknown = { ...usual, path: withUnknownName(route, usual.path) };
    const request = example.missing === undefined ? unknown : await requestOf(example.missing, world);
    told.push({ name: 'missing', status: 404, answer: await ask(route, request) });
  }
  if (isDue(422)) {
    const text = { path: usual.path, body: '"text"' };
    const request = example.invalid === undefined ? text : await requestOf(example.invalid, world);
    told.push({ name: 'invalid', status: 422, answer: await ask(route, request) });
  }
  return told;
}

/** Every status the example shows a way to. */
async function attemptsOf(route: PortRoute, example: Example): Promise<readonly Attempt[]> {
  const told = [...(await usualRefusals(route, example))];
  for (const { status, error, ask: other } of example.others ?? []) {
    const answer = await ask(route, await requestOf(other, world));
    told.push({ name: `other ${error ?? status}`, status, error, answer });
  }
  const usual = await ask(route, await requestOf(example.ask, world), example.by);
  return [...told, { name: 'usual', status: example.status, answer: usual }];
}

function expectAsDescribed({ name, status, error, answer }: Attempt): void {
  const { ok, error: code, message } = answer.body;
  expect({ name, status: answer.status, ok, code, message }).toMatchObject({
    name,
    status,
    ok: status < 300,
    ...(status < 300 ? {} : { code: error ?? (expect.any(String) as string), message: expect.any(String) as string }),
  });
}

describe('every status that Port describes is given', () => {
  test.each(portRoutes.map((route) => [routeShape(route), route] as const))('%s', async (shape, route) => {
    const example = examples[shape];
    if (example === undefined) {
      expect(reasonFor(route)).not.toBeNull();
      return;
    }
    const attempts = await attemptsOf(route, example);
    for (const attempt of attempts) expectAsDescribed(attempt);
    const told = new Set(attempts.map((attempt) => attempt.status));
    const left = route.statuses.filter((status) => !told.has(status) && example.never?.[status] === undefined);
    expect(left).toEqual([]);
    const contradicted = Object.keys(example.never ?? {}).filter((status) => told.has(Number(status)));
    expect(contradicted).toEqual([]);
  });
});
