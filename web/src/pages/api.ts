import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, path, post } from '../api/client.ts';
import type { Entity, Json } from '../api/wire.ts';
import type { Widget, WidgetObject } from './widget.ts';

export interface SidebarItem {
  readonly identifier: string;
  readonly title: string;
  readonly sidebarType: 'folder' | 'page';
  readonly parent?: string;
  readonly pageType?: string;
  readonly icon?: string | null;
  readonly showInSidebar?: boolean;
}

/** An entity of any blueprint, as far as a list shows it. */
export interface NamedEntity {
  readonly blueprint: string;
  readonly identifier: string;
  readonly title: string | null;
  readonly icon: string | null;
  readonly updatedAt: string;
}

export interface PageFilter extends WidgetObject {
  readonly query: WidgetObject;
}

export interface PageDocument {
  readonly identifier: string;
  readonly type: string;
  readonly title?: string;
  readonly icon?: string;
  readonly description?: string;
  readonly parent?: string;
  readonly blueprint?: string;
  readonly locked?: boolean;
  readonly showInSidebar?: boolean;
  readonly widgets: readonly Widget[];
  readonly pageFilters?: readonly PageFilter[];
  readonly updatedAt: string;
  readonly updatedBy: string;
}

export interface StoredPage {
  readonly page: PageDocument;
  readonly mayUpdate: boolean;
  readonly version: string;
}

export interface Point {
  readonly date: number;
  readonly [series: string]: number;
}

export type WidgetAnswer =
  | { readonly ok: true; readonly kind: 'number'; readonly figure: number | null }
  | {
      readonly ok: true;
      readonly kind: 'values';
      readonly total: number;
      readonly values: readonly { readonly value: string | null; readonly count: number }[];
    }
  | { readonly ok: true; readonly kind: 'series'; readonly series: { readonly data: readonly Point[] } }
  | {
      readonly ok: true;
      readonly kind: 'rows';
      readonly blueprint: string;
      readonly count: number;
      readonly entities: readonly Entity[];
    }
  | {
      readonly ok: true;
      readonly kind: 'entities';
      readonly count: number;
      readonly entities: readonly NamedEntity[];
    }
  | { readonly ok: true; readonly kind: 'text'; readonly text: string }
  | { readonly ok: false; readonly error: string; readonly message: string };

export const sidebarQuery = queryOptions({
  queryKey: ['pages', 'sidebar'],
  queryFn: async ({ signal }) =>
    (await get<{ sidebar: { items: readonly SidebarItem[] } }>('/v1/sidebars/catalog', { signal })).sidebar.items,
  staleTime: 60_000,
});

export const pageQuery = (identifier: string) =>
  queryOptions({
    queryKey: ['page', identifier],
    queryFn: async ({ signal }) => get<StoredPage>(path('/v1/pages', identifier), { signal }),
  });

const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();

/** The page of the entities of a blueprint. */
export const entityPageOf = (blueprint: string): string => `${blueprint}Entity`;

export interface PageAsk {
  readonly filters: readonly Json[];
  /** The one that the page is looked at for. */
  readonly entity?: { readonly blueprint: string; readonly identifier: string } | undefined;
  /** Only these widgets. */
  readonly widgets?: readonly string[] | undefined;
}

/** One answer for each widget; what narrows them is part of the key. */
export const pageDataQuery = (identifier: string, version: string, ask: PageAsk) =>
  queryOptions({
    queryKey: ['page-data', identifier, version, ask],
    queryFn: async ({ signal }) =>
      (
        await post<{ widgets: Readonly<Record<string, WidgetAnswer>> }>(
          path('/api/v1/pages', identifier, 'data'),
          { ...ask, timeZone },
          { signal },
        )
      ).widgets,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });

export const previewQuery = (widget: Widget, entity: PageAsk['entity']) =>
  queryOptions({
    queryKey: ['page-data', 'preview', widget, entity],
    queryFn: async ({ signal }) =>
      (await post<{ widget: WidgetAnswer }>('/api/v1/widget-previews', { widget, entity, timeZone }, { signal }))
        .widget,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    retry: false,
  });
