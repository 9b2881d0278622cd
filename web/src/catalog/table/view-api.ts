import { queryOptions } from '@tanstack/react-query';
import { get, patch, path, post, remove, request } from '../../api/client.ts';
import type { Json } from '../../api/wire.ts';
import { readColumns, readPinned, writeColumns, writePinned } from '../table-columns.ts';

export interface ViewState {
  readonly columns?: readonly { readonly key: string; readonly hidden?: boolean; readonly width?: number }[];
  readonly pinned?: boolean;
  readonly sort?: string;
  readonly filter?: Json;
  readonly group?: string;
  readonly q?: string;
}

export interface View {
  readonly id: string;
  readonly title: string;
  readonly shared: boolean;
  readonly state: ViewState;
  readonly version: number;
  readonly createdBy: string;
  readonly mine: boolean;
  readonly mayChange: boolean;
}

export interface Views {
  readonly views: readonly View[];
  readonly defaults: { readonly own: string | null; readonly everyone: string | null };
}

const base = (blueprint: string, ...rest: readonly string[]): string =>
  path('/api/v1/blueprints', blueprint, 'views', ...rest);

export const viewsQuery = (blueprint: string) =>
  queryOptions({
    queryKey: ['views', blueprint],
    queryFn: async ({ signal }) => get<Views>(base(blueprint), { signal }),
    staleTime: 60_000,
    retry: false,
  });

interface ViewInput {
  readonly title: string;
  readonly shared: boolean;
  readonly state: ViewState;
}

export const createView = async (blueprint: string, body: ViewInput): Promise<View> =>
  (await post<{ view: View }>(base(blueprint), body)).view;

export const changeView = async (blueprint: string, view: View, body: Partial<ViewInput>): Promise<View> =>
  (await patch<{ view: View }>(base(blueprint, view.id), body, { version: `"${view.version}"` })).view;

export const deleteView = async (blueprint: string, view: View): Promise<unknown> => remove(base(blueprint, view.id));

export const chooseDefault = async (
  blueprint: string,
  view: string | null,
  whom: 'me' | 'everyone',
): Promise<unknown> =>
  request('PUT', path('/api/v1/blueprints', blueprint, 'default-view'), { body: { view, for: whom } });

/** What a table shows, each part as it stands in the address; blank where nothing was said. */
export interface TableState {
  readonly q: string;
  readonly sort: string;
  readonly filter: string;
  readonly cols: string;
  readonly group: string;
}

export const stateKeys = ['q', 'sort', 'filter', 'cols', 'group'] as const;
export const plainTable: TableState = { q: '', sort: '', filter: '', cols: '', group: '' };

export function stateOfView({ columns, pinned, sort, filter, group, q }: ViewState): TableState {
  const choices = (columns ?? []).map(({ key, hidden = false, width }) => ({
    key,
    hidden,
    ...(width === undefined ? {} : { width }),
  }));
  return {
    q: q ?? '',
    sort: sort ?? '',
    filter: filter === undefined ? '' : JSON.stringify(filter),
    cols: writePinned(writeColumns(choices), pinned ?? true),
    group: group ?? '',
  };
}

/** The state as it is kept; `filter` is the query that the address stands for. */
export function viewOfState(state: TableState, filter: Json | null): ViewState {
  const columns = readColumns(state.cols).map(({ key, hidden, width }) => ({
    key,
    ...(hidden ? { hidden } : {}),
    ...(width === undefined ? {} : { width }),
  }));
  return {
    ...(columns.length === 0 ? {} : { columns }),
    ...(readPinned(state.cols) ? {} : { pinned: false }),
    ...(state.sort === '' ? {} : { sort: state.sort }),
    ...(filter === null ? {} : { filter }),
    ...(state.group === '' ? {} : { group: state.group }),
    ...(state.q === '' ? {} : { q: state.q }),
  };
}

/** In the address: nothing, where the view says something. */
const NOTHING = '-';

type Given = Partial<Readonly<Record<keyof TableState, string>>>;

/** What the address says over what the view says. */
export function appliedState(given: Given, view: TableState): TableState {
  const of = (key: keyof TableState): string => (given[key] === NOTHING ? '' : (given[key] ?? view[key]));
  return { q: of('q'), sort: of('sort'), filter: of('filter'), cols: of('cols'), group: of('group') };
}

/** What has to stand in the address so that this state comes out; blank where the view says it already. */
export function givenFor(next: Partial<TableState>, view: TableState): Given {
  return Object.fromEntries(
    stateKeys.flatMap((key) => {
      const value = next[key];
      if (value === undefined) return [];
      return [[key, value === view[key] ? '' : value === '' ? NOTHING : value]];
    }),
  );
}
