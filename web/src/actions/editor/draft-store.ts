import { keptDrafts } from '../../ui/kept-drafts.ts';
import type { ActionDocument, StoredAction } from '../action-document.ts';
import type { ActionPermissions } from './permissions.ts';

/** What is being edited: the definition, and who may use it. */
export interface Edited {
  readonly document: ActionDocument;
  readonly permissions: ActionPermissions;
}

/** What was stored when editing began; none for an action that does not exist yet. */
export interface Base extends Edited {
  readonly version: string;
}

export const baseOf = (stored: StoredAction, permissions: ActionPermissions): Base => ({
  document: stored.document,
  version: stored.version,
  permissions,
});

export interface KeptDraft {
  readonly edited: Edited;
  readonly base: Base | null;
  /** The identifier follows the title until somebody writes one. */
  readonly identifierFollows: boolean;
}

export const { read: readDraft, keep: keepDraft, drop: dropDraft } = keptDrafts<KeptDraft>('quayside-action-editor');
