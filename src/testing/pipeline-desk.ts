import { expect } from 'vitest';
import type { TestApp } from './start-app.ts';

export interface ShownStage {
  readonly id: string;
  readonly refId: string;
  readonly status: string;
  readonly attempt: number;
  readonly context: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly waitsFor: { readonly for: string; readonly id: string } | null;
  readonly error: string | null;
}

export interface ShownExecution {
  readonly id: string;
  readonly status: string;
  readonly trigger: Readonly<Record<string, unknown>>;
  readonly stages: readonly ShownStage[];
}

export interface PipelineDesk {
  /** Answers the id of the pipeline. */
  save(stages: readonly object[], more?: object): Promise<string>;
  start(pipeline: string, parameters?: object): Promise<ShownExecution>;
  read(id: string): Promise<ShownExecution>;
  /** Of a pipeline, newest first. */
  list(pipeline: string): Promise<readonly ShownExecution[]>;
  /** Waits until it has this status, with the app working by itself. */
  becomes(id: string, status: string): Promise<ShownExecution>;
}

let made = 0;

/** Saves, starts and reads pipelines as a client does. */
export function pipelineDesk(app: TestApp): PipelineDesk {
  const read = async (id: string): Promise<ShownExecution> =>
    (await app.call('GET', `/api/v1/executions/${id}`)).body['execution'] as ShownExecution;
  return {
    read,
    async save(stages, more = {}) {
      made += 1;
      const body = { application: 'shop', name: `Pipeline ${made}`, stages, ...more };
      const answer = await app.call('POST', '/api/v1/pipelines', body);
      expect(answer).toMatchObject({ status: 201 });
      return (answer.body['pipeline'] as { id: string }).id;
    },
    async start(pipeline, parameters = {}) {
      const answer = await app.call('POST', `/api/v1/pipelines/${pipeline}/executions`, { parameters });
      expect(answer).toMatchObject({ status: 201 });
      return answer.body['execution'] as ShownExecution;
    },
    async list(pipeline) {
      const answer = await app.call('GET', `/api/v1/executions?pipeline=${pipeline}`);
      return answer.body['executions'] as readonly ShownExecution[];
    },
    async becomes(id, status) {
      await expect.poll(async () => (await read(id)).status, { timeout: 30_000, interval: 100 }).toBe(status);
      return read(id);
    },
  };
}

export function stageStatuses(execution: ShownExecution): Record<string, string> {
  return Object.fromEntries(execution.stages.map(({ refId, status }) => [refId, status]));
}

export function stageOf(execution: ShownExecution, refId: string): ShownStage {
  const found = execution.stages.find((each) => each.refId === refId);
  if (found === undefined) throw new Error(`There is no stage ${refId}`);
  return found;
}

/** A local stage that names one value, `v` with its own refId, for the stages after it. */
export function valueStage(refId: string, after: readonly string[], text: string): object {
  return {
    refId,
    requisiteStageRefIds: after,
    type: 'evaluateVariables',
    name: `Value ${refId}`,
    variables: [{ key: `v${refId}`, value: text }],
  };
}
