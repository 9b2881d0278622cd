import type { JsonObject } from '#platform/json.ts';
import type { PageType } from './contract.ts';
import type { PagePermissions } from './page-permissions.ts';

/** A page in one state of its life. */
export interface Page {
  readonly identifier: string;
  readonly type: PageType;
  readonly blueprint: string | null;
  /** What was sent, without what has a column of its own. */
  readonly document: JsonObject;
  readonly parent: string | null;
  readonly after: string | null;
  readonly permissions: PagePermissions;
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

/** A widget of a page, wherever on it. */
export type Widget = JsonObject & { readonly type: string };

export const widgetsOf = (page: Pick<Page, 'document'>): readonly Widget[] =>
  (page.document['widgets'] ?? []) as readonly Widget[];

/** As Port's clients read it; `compact` leaves the widgets out. */
export function toWirePage(page: Page, { compact = false } = {}): JsonObject {
  const { widgets, ...rest } = page.document;
  return {
    identifier: page.identifier,
    type: page.type,
    ...(page.blueprint === null ? {} : { blueprint: page.blueprint }),
    ...rest,
    ...(page.parent === null ? {} : { parent: page.parent }),
    ...(page.after === null ? {} : { after: page.after }),
    ...(compact ? {} : { widgets: widgets ?? [] }),
    createdAt: page.createdAt.toISOString(),
    createdBy: page.createdBy,
    updatedAt: page.updatedAt.toISOString(),
    updatedBy: page.updatedBy,
  };
}
