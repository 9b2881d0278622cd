import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/handles.ts';
import type { JsonObject } from '#platform/json.ts';
import type { Page } from './page.ts';
import { firstPermissions } from './page-permissions.ts';

/** What everybody sees after signing in, below what is their own. */
export const homePage = '$home';
const entitySuffix = 'Entity';

/** Names that people cannot give. */
export const isReserved = (identifier: string): boolean => identifier.startsWith('$');

/** The page of the entities of a blueprint. */
export const entityPageOf = (blueprint: string): string => `${blueprint}${entitySuffix}`;

/** Whether it is one of those that are there without anybody having made them. */
export const isOwn = ({ type }: Pick<Page, 'type'>): boolean => type === 'home' || type === 'entity';

interface Known {
  readonly identifier: string;
  readonly title: string | null;
  readonly icon: string | null;
}

/** A page that is there by itself, as it is before anybody changed it; null when it is none of those or is stored. */
export async function findOwnPage(db: Db | Tx, orgId: string, identifier: string): Promise<Page | null> {
  const blueprint = identifier.endsWith(entitySuffix) ? identifier.slice(0, -entitySuffix.length) : null;
  if (identifier !== homePage && (blueprint === null || blueprint === '')) return null;
  const found = await sql<{ readonly isStored: boolean; readonly known: Known | null }>`
    select exists (select from sidebar_item where org_id = ${orgId} and identifier = ${identifier}) as "isStored",
      (select json_build_object('identifier', b.identifier, 'title', b.document ->> 'title',
          'icon', b.document ->> 'icon')
        from blueprint b where b.org_id = ${orgId} and b.identifier = ${blueprint}) as known`.execute(db);
  const [row] = found.rows;
  if (row === undefined || row.isStored) return null;
  if (identifier === homePage) return bare(homePage, 'home', null, { title: 'Home', icon: 'Home', widgets: [board] });
  return row.known === null ? null : bare(identifier, 'entity', row.known.identifier, entityDocument(row.known));
}

const board = { id: 'home', type: 'dashboard-widget', layout: [], widgets: [] };

function bare(identifier: string, type: Page['type'], blueprint: string | null, document: JsonObject): Page {
  const system = 'system|pages';
  const never = new Date(0);
  return {
    identifier,
    type,
    blueprint,
    document: { ...document, showInSidebar: false },
    parent: null,
    after: null,
    permissions: firstPermissions,
    version: 0,
    createdAt: never,
    createdBy: system,
    updatedAt: never,
    updatedBy: system,
  };
}

/** The tabs that every entity has. */
const tabs = [
  ['Overview', 'entity-info'],
  ['Related', 'table-entities-explorer-by-direction'],
  ['Runs', 'runs-table'],
  ['History', 'table-audit-log'],
] as const;

function entityDocument({ title, icon, identifier }: Known): JsonObject {
  return {
    title: title ?? identifier,
    ...(icon === null ? {} : { icon }),
    widgets: [
      {
        id: 'tabs',
        type: 'grouper',
        displayMode: 'tabs',
        activeGroupUrlParam: 'tab',
        groupsOrder: tabs.map(([name]) => name),
        groups: tabs.map(([name, type]) => ({ title: name, widgets: [{ id: type, type }] })),
      },
    ],
  };
}
