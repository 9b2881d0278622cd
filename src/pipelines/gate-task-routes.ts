import { sql } from 'kysely';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Actor } from '#platform/commands/actor.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/db/handles.ts';
import { newId } from '#platform/ids.ts';
import { type RouteRequest, route, type Route } from '#platform/http/route.ts';
import { isJsonObject } from '#platform/json.ts';
import { notFound, problem } from '#platform/problem.ts';
import { authorizeSaving } from './access-queries.ts';
import { anyPipelineBody, applicationName } from './contract.ts';
import { plain } from './gate-view.ts';
import { deleteApplication, upsertApplication } from './save-application.ts';

const tag = 'Gate';
const idParams = Type.Object({ id: Type.String() });

interface TaskRow {
  readonly id: string;
  readonly application: string;
  readonly description: string;
  readonly job: readonly Readonly<Record<string, unknown>>[];
  readonly asked_at: Date;
  readonly asked_by: string;
}

type Execute = RouteRequest<Actor, never, never, never>['execute'];

/** What Gate's clients ask for as tasks: applications. Each is done when it is answered, or refused at once. */
export function gateTaskRoutes(db: Db, clock: Clock): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/gate/tasks',
      summary: 'Save or delete applications (`createApplication`, `updateApplication`, `deleteApplication`)',
      tag,
      access: 'known',
      request: { body: anyPipelineBody },
      statuses: [403, 404, 409, 422],
      handle: async ({ actor, body, execute }) => {
        const task = body as Readonly<Record<string, unknown>>;
        const [first] = Array.isArray(task['job']) ? (task['job'] as unknown[]) : [];
        const named = isJsonObject(first) && isJsonObject(first['application']) ? first['application']['name'] : '';
        await authorizeSaving(db, actor, { application: named });
        const jobs = jobsOf(task);
        for (const [at, job] of jobs.entries()) await perform(execute, job, `job[${at}]`);
        const row = { ...describe(task, jobs), id: newId('task'), asked_at: clock.now(), asked_by: nameOf(actor) };
        await storeTask(db, actor.orgId, row);
        return plain({ ref: `/tasks/${row.id}` });
      },
    }),
    route({
      method: 'GET',
      path: '/gate/tasks/:id',
      summary: 'What became of a task',
      tag,
      access: 'known',
      request: { params: idParams },
      statuses: [404],
      handle: async ({ actor, params }) => {
        const found = await sql<TaskRow>`
          select * from gate_task where org_id = ${actor.orgId} and id = ${params.id}`.execute(db);
        const row = found.rows[0];
        // Its application may be one that not everybody sees.
        if (row === undefined || (actor.kind === 'user' && row.asked_by !== nameOf(actor))) {
          throw notFound('task', params.id);
        }
        return plain(toGateTask(row));
      },
    }),
  ];
}

function nameOf(actor: Actor): string {
  return actor.kind === 'user' ? actor.email : actor.name;
}

function jobsOf(task: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  const { job } = task;
  if (Array.isArray(job) && job.length === 1 && job.every((each) => isJsonObject(each))) return job;
  throw problem('invalid', 'invalid_request', 'job lists one job.', { field: 'job' });
}

async function perform(execute: Execute, job: Readonly<Record<string, unknown>>, place: string): Promise<void> {
  const given = isJsonObject(job['application']) ? job['application'] : {};
  const { name } = given;
  if (!Value.Check(applicationName, name)) {
    const message = 'An application is named by letters, digits, dots, - and _, up to a hundred.';
    throw problem('invalid', 'invalid_request', message, { field: `${place}.application.name` });
  }
  switch (job['type']) {
    case 'createApplication':
    case 'updateApplication':
      await execute(upsertApplication, { name, document: attributesOf(given) });
      return;
    case 'deleteApplication':
      await execute(deleteApplication, { name, expectedVersion: null });
      return;
    default: {
      const message = 'Jobs are createApplication, updateApplication and deleteApplication.';
      throw problem('invalid', 'invalid_request', message, { field: `${place}.type` });
    }
  }
}

/** What the server knows better. */
const serverKeys: ReadonlySet<string> = new Set(['name', 'createTs', 'updateTs', 'lastModifiedBy', 'user', 'clusters']);

function attributesOf(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(given).filter(([key, value]) => !serverKeys.has(key) && value !== null));
}

function describe(
  task: Readonly<Record<string, unknown>>,
  job: TaskRow['job'],
): Pick<TaskRow, 'application' | 'description' | 'job'> {
  const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 500) : '');
  return { application: text(task['application']), description: text(task['description']), job };
}

async function storeTask(db: Db, orgId: string, row: TaskRow): Promise<void> {
  await sql`
    insert into gate_task (org_id, id, application, description, job, asked_at, asked_by)
    values (${orgId}, ${row.id}, ${row.application}, ${row.description}, ${JSON.stringify(row.job)}::json,
            ${row.asked_at}, ${row.asked_by})`.execute(db);
}

function toGateTask(row: TaskRow): Record<string, unknown> {
  const at = row.asked_at.getTime();
  return {
    id: row.id,
    name: row.description,
    application: row.application,
    status: 'SUCCEEDED',
    buildTime: at,
    startTime: at,
    endTime: at,
    variables: [
      { key: 'application', value: row.application },
      { key: 'user', value: row.asked_by },
    ],
    steps: row.job.map((job, index) => ({
      id: String(index + 1),
      name: job['type'],
      status: 'SUCCEEDED',
      startTime: at,
      endTime: at,
    })),
    execution: { id: row.id, application: row.application, status: 'SUCCEEDED', stages: [] },
  };
}
