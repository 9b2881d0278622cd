import Type, { type Static } from 'typebox';
import type { JsonObject } from '#platform/json.ts';

/** As long as a title may be; also names of people, roles and teams. */
const shortText = Type.String({ maxLength: 200 });
const open = { additionalProperties: true };
const closed = { additionalProperties: false };
const nullable = (schema: object) => Type.Optional(Type.Unsafe<unknown>({ anyOf: [schema, { type: 'null' }] }));

export const pageIdentifier = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^(?!\\.{1,2}$)[\\p{L}0-9@_.+:\\\\/=$-]+$',
});

/** Kinds of pages that Port's clients know. */
export const pageTypes = ['dashboard', 'blueprint-entities', 'entity', 'home'] as const;
export type PageType = (typeof pageTypes)[number];

export const widgetLimit = 200;
const filterLimit = 50;
const Widget = Type.Unsafe<JsonObject>(Type.Object({ type: Type.String({ minLength: 1, maxLength: 100 }) }, open));
const PageFilter = Type.Object({ query: Type.Object({}, open) }, open);

const parts = {
  title: nullable(shortText),
  icon: nullable(Type.String({ maxLength: 100 })),
  description: nullable(Type.String({ maxLength: 2_000 })),
  blueprint: nullable(Type.String({ maxLength: 100 })),
  parent: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 100 })),
  after: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 100 })),
  locked: nullable({ type: 'boolean' }),
  showInSidebar: nullable({ type: 'boolean' }),
  widgets: Type.Optional(Type.Array(Widget, { maxItems: widgetLimit })),
  pageFilters: nullable(Type.Array(PageFilter, { maxItems: filterLimit })),
};
const type = Type.Unsafe<PageType>({ type: 'string', enum: pageTypes });

/** Clients send back all that they read, so keys beside these are kept or, where they are ours, left aside. */
export const PageBody = Type.Object({ identifier: pageIdentifier, type, ...parts }, open);
export const PageReplacement = Type.Object({ identifier: Type.Optional(pageIdentifier), type, ...parts }, open);
export const PagePatch = Type.Object(
  { identifier: Type.Optional(pageIdentifier), type: Type.Optional(type), ...parts },
  open,
);
export const WidgetPatch = Type.Object({ type: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })) }, open);

export type PageBody = Static<typeof PageBody>;
export type PageReplacement = Static<typeof PageReplacement>;
export type PagePatch = Static<typeof PagePatch>;

const names = Type.Optional(Type.Array(shortText, { maxItems: 200 }));
const Grant = Type.Object({ users: names, roles: names, teams: names }, closed);
export const PermissionsBody = Type.Object({ read: Type.Optional(Grant), update: Type.Optional(Grant) }, closed);
export type PermissionsBody = Static<typeof PermissionsBody>;

const place = {
  parent: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 100 })),
  after: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 100 })),
};
export const FolderBody = Type.Object({ identifier: pageIdentifier, title: Type.Optional(shortText), ...place }, open);
export const FolderPatch = Type.Object({ title: Type.Optional(shortText), ...place }, open);
export type FolderBody = Static<typeof FolderBody>;
export type FolderPatch = Static<typeof FolderPatch>;

/** Where something is put: behind a sibling, or first where there is none. */
export const MoveBody = Type.Object(
  {
    identifier: pageIdentifier,
    parent: Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 100 }),
    after: Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 100 }),
  },
  closed,
);
export type MoveBody = Static<typeof MoveBody>;

export const PagePath = Type.Object({ page: Type.String({ minLength: 1 }) });
export const WidgetPath = Type.Object({ page: Type.String({ minLength: 1 }), widget: Type.String({ minLength: 1 }) });
export const FolderPath = Type.Object({ folder: Type.String({ minLength: 1 }) });
