import { notFound, problem } from '#platform/problem.ts';

/** A folder or a page with the place it was given. */
export interface SidebarItem {
  readonly identifier: string;
  readonly kind: 'folder' | 'page';
  readonly title: string | null;
  readonly parent: string | null;
  readonly after: string | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

export type Place = Pick<SidebarItem, 'parent' | 'after'>;

const depthLimit = 8;

/**
 * Siblings in their order: those that ask for no place as they came, behind each whoever asks to stand there. What is
 * declared is never rewritten by its neighbours, so clients read back what they wrote.
 */
export function ordered<Item extends Pick<SidebarItem, 'identifier' | 'after'>>(siblings: readonly Item[]): Item[] {
  const known = new Set(siblings.map((item) => item.identifier));
  const behind = new Map<string, Item[]>();
  const first: Item[] = [];
  for (const item of siblings) {
    if (item.after === null || !known.has(item.after)) first.push(item);
    else behind.set(item.after, [...(behind.get(item.after) ?? []), item]);
  }
  const placed: Item[] = [];
  const waiting = first.toReversed();
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    placed.push(item);
    waiting.push(...(behind.get(item.identifier) ?? []).toReversed());
  }
  const isPlaced = new Set(placed);
  return [...placed, ...siblings.filter((item) => !isPlaced.has(item))];
}

/** Folders before what is in them, siblings in their order. */
export function orderedTree<Item extends Pick<SidebarItem, 'identifier' | 'after' | 'parent'>>(
  items: readonly Item[],
): Item[] {
  const byParent = Map.groupBy(items, (item) => item.parent);
  const tree: Item[] = [];
  const visit = (parent: string | null): void => {
    for (const item of ordered(byParent.get(parent) ?? [])) {
      tree.push(item);
      visit(item.identifier);
    }
  };
  visit(null);
  return tree;
}

/** Refuses a place that is not there, in itself, too deep, or behind something that lies elsewhere. */
export function checkPlace(items: readonly SidebarItem[], identifier: string, { parent, after }: Place): void {
  const byName = new Map(items.map((item) => [item.identifier, item]));
  if (parent !== null && byName.get(parent)?.kind !== 'folder') throw notFound('Sidebar item', parent);
  let depth = 1;
  for (let folder = parent; folder !== null; folder = byName.get(folder)?.parent ?? null) {
    depth += 1;
    if (folder === identifier) throw refused('parent', 'lies in the folder itself');
    if (depth > depthLimit) throw refused('parent', `is more than ${depthLimit} folders deep`);
  }
  if (after === null) return;
  const sibling = byName.get(after);
  if (sibling === undefined) throw notFound('Sidebar item', after);
  if (after === identifier) throw refused('after', 'names the item itself');
  if (sibling.parent === parent) return;
  throw problem(
    'invalid',
    'after_item_not_in_parent',
    `"${after}" does not lie in ${parent === null ? 'the top of the sidebar' : `folder "${parent}"`}.`,
    { errors: [{ path: 'after', message: 'lies in another folder' }], after, parent },
  );
}

/** Whoever asked to stand behind something that goes away, and the place it asks for then. */
export function heirs(items: readonly SidebarItem[], gone: SidebarItem): readonly SidebarItem[] {
  return items
    .filter((item) => item.after === gone.identifier && item.parent === gone.parent)
    .map((item) => ({ ...item, after: gone.after }));
}

/**
 * Before an item is put behind another that, over others, stands behind the item: whoever leads there takes its old
 * place, so that no two wait for each other.
 */
export function untied(items: readonly SidebarItem[], moved: SidebarItem, after: string): SidebarItem | null {
  const byName = new Map(items.map((item) => [item.identifier, item]));
  for (let item = byName.get(after); item !== undefined; item = byName.get(item.after ?? '')) {
    if (item.after === moved.identifier) return { ...item, after: moved.after };
  }
  return null;
}

/** Siblings as a chain in which each names the one before it, with the item where it was put. */
export function chained(siblings: readonly SidebarItem[], moved: SidebarItem, { parent, after }: Place): SidebarItem[] {
  const others = ordered(siblings).filter((item) => item.identifier !== moved.identifier);
  const index = after === null ? 0 : others.findIndex((item) => item.identifier === after) + 1;
  const order = others.toSpliced(index, 0, moved);
  return order.map((item, at) => ({ ...item, parent, after: order[at - 1]?.identifier ?? null }));
}

function refused(path: string, message: string) {
  return problem('invalid', 'invalid_request', `"${path}" ${message}.`, { errors: [{ path, message }] });
}
