import type { Db } from '#platform/db/handles.ts';
import type { EntityRow } from '../entity-queries.ts';
import type { Blueprints } from '../blueprint-queries.ts';
import { compilePlan, type Walk } from './compile-plan.ts';
import { readWalks } from './read-walks.ts';

/** Rows whose mirrors of a title say whose title it is. */
export async function attachIdentifiers(
  { db, orgId, blueprints }: { readonly db: Db; readonly orgId: string; readonly blueprints: Blueprints },
  rows: readonly EntityRow[],
): Promise<readonly EntityRow[]> {
  const all = await blueprints.all(db, orgId);
  const documents = new Map(all.map(({ document }) => [document.identifier, document]));
  const attached = new Map<EntityRow, EntityRow>();
  for (const [blueprint, own] of Map.groupBy(rows, (row) => row.blueprint)) {
    const document = documents.get(blueprint);
    const walks = document === undefined ? [] : compilePlan(document, documents).walks.filter(endsInTitle);
    if (walks.length === 0) continue;
    const wanted = walks.map((walk) => ({ ...walk, leaf: { kind: 'meta', name: '$identifier' } as const }));
    const found = await readWalks({ db, orgId, overlay: new Map() }, wanted, own);
    own.forEach((row, index) => {
      const values = Object.entries(found[index] ?? {}).map(([key, value]): [string, unknown] => [
        key,
        joined(value, row.properties[key]),
      ]);
      attached.set(row, { ...row, properties: { ...row.properties, ...Object.fromEntries(values) } });
    });
  }
  return rows.map((row) => attached.get(row) ?? row);
}

function endsInTitle({ leaf }: Walk): boolean {
  return leaf.kind === 'meta' && leaf.name === '$title';
}

/** Both were walked the same way, so their places agree; a title that is a moment behind is left as it is. */
function joined(identifier: unknown, title: unknown): unknown {
  if (!Array.isArray(identifier)) return typeof title === 'string' ? { identifier, title } : title;
  if (!Array.isArray(title) || title.length !== identifier.length) return title;
  return identifier.map((one: unknown, index) => ({ identifier: one, title: title[index] as unknown }));
}
