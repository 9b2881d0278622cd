import { expect } from 'vitest';
import { type TestAnswer, type TestApp, uniqueName } from './start-app.ts';

type Caller = Pick<TestApp, 'call'>;
type Json = Readonly<Record<string, unknown>>;

export interface WireRun extends Json {
  readonly id: string;
  readonly status: string;
  readonly statusLabel?: string | null;
}

/** Saves a self-service action that creates nothing in particular; parts given replace or extend the plain ones. */
export async function saveAction(
  app: Caller,
  invocationMethod: Json,
  { trigger, ...rest }: { readonly trigger?: Json; readonly [key: string]: unknown } = {},
): Promise<string> {
  const identifier = uniqueName('action');
  const answer = await app.call('POST', '/v1/actions', {
    identifier,
    title: 'An action',
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {} }, ...trigger },
    invocationMethod,
    ...rest,
  });
  expect(answer.body).toMatchObject({ ok: true });
  return identifier;
}

export async function execute(app: Caller, action: string, body: Json = {}, query = ''): Promise<TestAnswer> {
  return app.call('POST', `/v1/actions/${action}/runs${query}`, { properties: {}, ...body });
}

/** Executes an action that must begin. */
export async function begin(app: Caller, action: string, body: Json = {}): Promise<WireRun> {
  const answer = await execute(app, action, body);
  expect(answer).toMatchObject({ status: 202, body: { ok: true } });
  return answer.body['run'] as WireRun;
}

export async function readRun(app: Caller, id: string): Promise<WireRun> {
  const answer = await app.call('GET', `/v1/actions/runs/${id}?version=v2`);
  expect(answer.status).toBe(200);
  return answer.body['run'] as WireRun;
}

export async function readLog(app: Caller, id: string): Promise<readonly string[]> {
  const answer = await app.call('GET', `/v1/actions/runs/${id}/logs`);
  return (answer.body['runLogs'] as { message: string }[]).map(({ message }) => message);
}
