import { keptDrafts } from '../../ui/kept-drafts.ts';
import type { PageFilter, StoredPage } from '../api.ts';
import { newId } from '../templates.ts';
import type { Json } from '../../api/wire.ts';
import { type Board, isBoard, listOf, textOf, textsOf, type Widget } from '../widget.ts';

/** What of a page is edited. */
export interface Draft {
  readonly title: string;
  readonly description: string;
  readonly icon: string;
  readonly locked: boolean;
  readonly showInSidebar: boolean;
  readonly pageFilters: readonly PageFilter[];
  readonly widgets: readonly Widget[];
}

export interface KeptDraft {
  readonly draft: Draft;
  /** The version the draft began from. */
  readonly version: string;
}

export const kept = keptDrafts<KeptDraft>('quayside-page');

export const draftOf = ({ page }: StoredPage): Draft => ({
  title: page.title ?? page.identifier,
  description: page.description ?? '',
  icon: page.icon ?? '',
  locked: page.locked === true,
  showInSidebar: page.showInSidebar !== false,
  pageFilters: page.pageFilters ?? [],
  widgets: page.widgets,
});

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** What the server is sent: only what differs from what is stored, so that what nobody touched stays unsaid. */
export function bodyOf(draft: Draft, stored: Draft): Readonly<Record<string, Json>> {
  const body = {
    title: draft.title.trim(),
    description: orNull(draft.description),
    icon: orNull(draft.icon),
    locked: draft.locked,
    showInSidebar: draft.showInSidebar,
    pageFilters: draft.pageFilters as readonly Json[],
    widgets: draft.widgets as readonly Json[],
  };
  const changed = Object.entries(body).filter(
    ([key]) => JSON.stringify(draft[key as keyof Draft]) !== JSON.stringify(stored[key as keyof Draft]),
  );
  return Object.fromEntries(changed);
}

export const sameDraft = (left: Draft, right: Draft): boolean => JSON.stringify(left) === JSON.stringify(right);

/** Where a group of that title stands: a tab of a page. */
function placeOf(widgets: readonly Widget[], title: string | undefined): readonly [number, number] | undefined {
  if (title === undefined) return undefined;
  for (const [at, widget] of widgets.entries()) {
    const index = listOf(widget['groups']).findIndex((group) => textOf(group, 'title') === title);
    if (widget.type === 'grouper' && index !== -1) return [at, index];
  }
  return undefined;
}

const groupsOf = (widgets: readonly Widget[], at: number) => listOf(widgets[at]?.['groups']);

/** The board that is arranged: the first of the page or of one of its tabs, or a new one when there is none. */
export function boardOf(widgets: readonly Widget[], title?: string): Board {
  const place = placeOf(widgets, title);
  const among =
    place === undefined ? widgets : (listOf(groupsOf(widgets, place[0])[place[1]]?.['widgets']) as readonly Widget[]);
  return among.find(isBoard) ?? { id: newId(), type: 'dashboard-widget', layout: [], widgets: [] };
}

const replaced = (widgets: readonly Widget[], at: number, change: Readonly<Record<string, Json>>): readonly Widget[] =>
  widgets.with(at, { ...(widgets[at] as Widget), ...change });

export function withBoard(widgets: readonly Widget[], board: Board, title?: string): readonly Widget[] {
  const place = placeOf(widgets, title);
  if (place !== undefined) {
    const groups = groupsOf(widgets, place[0]);
    const group = groups[place[1]] ?? {};
    const inside = withBoard(listOf(group['widgets']) as readonly Widget[], board);
    return replaced(widgets, place[0], {
      groups: groups.with(place[1], { ...group, widgets: inside as never }) as never,
    });
  }
  const index = widgets.findIndex(isBoard);
  return index === -1 ? [...widgets, board as unknown as Widget] : widgets.with(index, board as unknown as Widget);
}

/** The same tab under another name. */
export function withGroupNamed(widgets: readonly Widget[], title: string, next: string): readonly Widget[] {
  const place = placeOf(widgets, title);
  if (place === undefined) return widgets;
  const groups = groupsOf(widgets, place[0]);
  const order = widgets[place[0]]?.['groupsOrder'];
  return replaced(widgets, place[0], {
    groups: groups.with(place[1], { ...groups[place[1]], title: next }) as never,
    ...(Array.isArray(order) ? { groupsOrder: textsOf(order).map((one) => (one === title ? next : one)) } : {}),
  });
}

export function withoutGroup(widgets: readonly Widget[], title: string): readonly Widget[] {
  const place = placeOf(widgets, title);
  if (place === undefined) return widgets;
  const order = widgets[place[0]]?.['groupsOrder'];
  return replaced(widgets, place[0], {
    groups: groupsOf(widgets, place[0]).toSpliced(place[1], 1) as never,
    ...(Array.isArray(order) ? { groupsOrder: textsOf(order).filter((one) => one !== title) } : {}),
  });
}

/** A tab with nothing on it yet. */
export function withGroup(widgets: readonly Widget[], title: string): readonly Widget[] {
  const board = { id: newId(), type: 'dashboard-widget', layout: [], widgets: [] };
  const at = widgets.findIndex((widget) => widget.type === 'grouper');
  const group = { title, widgets: [board] };
  if (at === -1) {
    const grouper = { id: newId(), type: 'grouper', displayMode: 'tabs', groups: [group] };
    return [...widgets, grouper as unknown as Widget];
  }
  const order = widgets[at]?.['groupsOrder'];
  return replaced(widgets, at, {
    groups: [...groupsOf(widgets, at), group] as never,
    ...(Array.isArray(order) ? { groupsOrder: [...textsOf(order), title] } : {}),
  });
}
