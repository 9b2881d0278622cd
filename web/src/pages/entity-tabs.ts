import type { StoredPage } from './api.ts';
import { listOf, textOf, type Widget } from './widget.ts';

export interface EntityTab {
  readonly title: string;
  readonly widgets: readonly Widget[];
}

/** What the pages of entities have by themselves. */
const builtIn: ReadonlySet<string> = new Set(
  'entity-info entity-details table-entities-explorer-by-direction runs-table table-audit-log'.split(' '),
);

/** As many as find room beside those that are there by themselves. */
export const MOST_TABS = 5;

/** The tabs that people added to the page of a blueprint's entities. */
export function entityTabs(stored: StoredPage | undefined): readonly EntityTab[] {
  if (stored?.page.type !== 'entity') return [];
  return stored.page.widgets
    .filter((widget) => widget.type === 'grouper')
    .flatMap((widget) => listOf(widget['groups']))
    .map((group) => ({ title: textOf(group, 'title'), widgets: listOf(group['widgets']) as readonly Widget[] }))
    .filter(({ title, widgets }) => title !== '' && widgets.some((one) => !builtIn.has(one.type)));
}
