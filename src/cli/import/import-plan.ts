import type { JsonObject } from '#platform/json.ts';

/** A thing as a route of the API takes it. */
export type Document = JsonObject & { readonly identifier: string };

/** What an import brings, in the order in which it is written. */
export interface ImportPlan {
  readonly teams: readonly JsonObject[];
  readonly blueprints: readonly Document[];
  /** By blueprint. */
  readonly entities: ReadonlyMap<string, readonly JsonObject[]>;
  readonly scorecards: readonly (Document & { readonly blueprint: string })[];
  readonly actions: readonly Document[];
  readonly pages: readonly Document[];
  readonly webhooks: readonly Document[];
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

export const emptyPlan: ImportPlan = {
  teams: [],
  blueprints: [],
  entities: new Map(),
  scorecards: [],
  actions: [],
  pages: [],
  webhooks: [],
  problems: [],
};
