import { keptDrafts } from '../../ui/kept-drafts.ts';
import type { PageDocument, StoredPage } from '../api.ts';
import { newId } from '../templates.ts';
import { type Board, isBoard, type Widget } from '../widget.ts';

/** What of a page is edited. */
export interface Draft {
  readonly title: string;
  readonly description: string;
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
  widgets: page.widgets,
});

export const bodyOf = (draft: Draft): Partial<Omit<PageDocument, 'description'>> & { description: string | null } => ({
  title: draft.title.trim(),
  description: draft.description.trim() === '' ? null : draft.description.trim(),
  widgets: draft.widgets,
});

export const sameDraft = (left: Draft, right: Draft): boolean => JSON.stringify(left) === JSON.stringify(right);

/** The board that is arranged: the first of the page, or a new one when it has none. */
export function boardOf(widgets: readonly Widget[]): Board {
  return widgets.find(isBoard) ?? { id: newId(), type: 'dashboard-widget', layout: [], widgets: [] };
}

export function withBoard(widgets: readonly Widget[], board: Board): readonly Widget[] {
  const index = widgets.findIndex(isBoard);
  return index === -1 ? [...widgets, board as unknown as Widget] : widgets.with(index, board as unknown as Widget);
}
