import { queryOptions } from '@tanstack/react-query';
import { get, path, post } from '../api/client.ts';
import type { Action, Json, Run } from '../api/wire.ts';

/** All of them; drafts come only to those who may finish them. */
export const everyActionQuery = queryOptions({
  queryKey: ['actions'],
  queryFn: async ({ signal }) =>
    (
      await get<{ actions: readonly Action[] }>('/v1/actions', {
        signal,
        query: { version: 'v2', trigger_type: 'self-service' },
      })
    ).actions,
});

export const isDraft = (action: Pick<Action, 'publish'>): boolean => action.publish === false;

/** Those that can be executed. */
export const actionsQuery = queryOptions({
  ...everyActionQuery,
  select: (actions: readonly Action[]) => actions.filter((action) => !isDraft(action)),
});

export interface Invocation {
  readonly action: string;
  readonly properties: Readonly<Record<string, Json>>;
  readonly entity?: string;
  /** Made when the form opens, so that a second press of the button is the same run. */
  readonly idempotencyKey: string;
}

export async function invoke({ action, properties, entity, idempotencyKey }: Invocation): Promise<Run> {
  const body = entity === undefined ? { properties } : { properties, entity };
  return (await post<{ run: Run }>(path('/v1/actions', action, 'runs'), body, { idempotencyKey })).run;
}

/** Entity actions need one to act on. */
export const needsEntity = (action: Action): boolean =>
  action.trigger.operation !== 'CREATE' && action.trigger.blueprintIdentifier !== undefined;
