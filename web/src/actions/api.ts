import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, path, post } from '../api/client.ts';
import type { Action, Entity, Json, Run, UserInput } from '../api/wire.ts';
import type { Choice, ChoicePage, ChoiceSource } from '../ui/searched-field.tsx';
import type { LiveForm } from './live-form.ts';
import type { Values } from './form-rules.ts';

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

/** Those that are not drafts, whoever may execute them. */
export const actionsQuery = queryOptions({
  ...everyActionQuery,
  select: (actions: readonly Action[]) => actions.filter((action) => !isDraft(action)),
});

/** Those that the server lets the reader execute; with an entity, those that can be done to it as it is now. */
export const offeredActionsQuery = (entity?: Pick<Entity, 'blueprint' | 'identifier'>) =>
  queryOptions({
    queryKey: ['actions', 'offered', ...(entity === undefined ? [] : [entity.blueprint, entity.identifier])],
    queryFn: async ({ signal }) => {
      const query = entity === undefined ? {} : { blueprint: entity.blueprint, entity: entity.identifier };
      return (await get<{ actions: readonly Action[] }>('/api/v1/offered-actions', { signal, query })).actions;
    },
  });

/** Why an action is offered to the reader or not; the words are the server's, for those who read its logs. */
export const permissionCheckQuery = (action: string, entity: string | undefined) =>
  queryOptions({
    queryKey: ['actions', action, 'permission-check', entity ?? null],
    queryFn: async ({ signal }) => {
      const address = path('/api/v1/actions', action, 'permission-check');
      const body = entity === undefined ? {} : { entity };
      return (await post<{ permission: { allowed: boolean; policy: object | null } }>(address, body, { signal }))
        .permission;
    },
    retry: false,
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

/** The form as it stands for what was entered so far; the answer before stays until the next one is there. */
export const liveFormQuery = (action: string, entity: string | null, values: Values) =>
  queryOptions({
    queryKey: ['actions', action, 'form', entity, values],
    queryFn: async ({ signal }) =>
      (
        await post<{ form: LiveForm }>(
          path('/api/v1/actions', action, 'form'),
          { properties: values, ...(entity === null ? {} : { entity }) },
          { signal },
        )
      ).form,
    placeholderData: keepPreviousData,
    retry: false,
  });

interface EntityChoice {
  readonly blueprint: string;
  readonly dataset?: UserInput['dataset'] | undefined;
  readonly sort?: { readonly property: string; readonly order: string } | undefined;
}

const CHOICES = 50;

/** Entities of a blueprint by part of their title or identifier, among those that a form allows. */
export function entitySource({ blueprint, dataset, sort }: EntityChoice): ChoiceSource {
  const ask = async (rules: readonly object[], from: string | undefined, signal: AbortSignal): Promise<ChoicePage> => {
    const body = {
      query: { combinator: 'and', rules },
      limit: CHOICES,
      sort: { property: sort?.property ?? '$title', order: sort?.order.toLowerCase() ?? 'asc' },
      ...(from === undefined ? {} : { from }),
    };
    const address = path('/v1/blueprints', blueprint, 'entities', 'search');
    const { entities, next } = await post<{ entities: readonly Entity[]; next?: string }>(address, body, { signal });
    return { choices: entities.map(asChoice), next };
  };
  return {
    key: ['entities', blueprint, 'choices', dataset ?? null, sort ?? null],
    search: async (text, from, signal) => {
      const named = ['$title', '$identifier'].map((property) => ({ property, operator: 'contains', value: text }));
      const rules = [
        ...(text === '' ? [] : [{ combinator: 'or', rules: named }]),
        ...(dataset === undefined ? [] : [dataset]),
      ];
      return ask(rules, from, signal);
    },
    named: async (values, signal) =>
      (await ask([{ property: '$identifier', operator: 'in', value: values }], undefined, signal)).choices,
  };
}

const asChoice = ({ identifier, title }: Entity): Choice =>
  title === '' || title === identifier
    ? { value: identifier, label: identifier }
    : { value: identifier, label: title, note: identifier };
