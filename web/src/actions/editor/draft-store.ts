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
  /** Of the permissions; drafts kept by an earlier version of this page have none. */
  readonly permissionsVersion?: string | undefined;
}

export const baseOf = (
  stored: StoredAction,
  { permissions, version }: { readonly permissions: ActionPermissions; readonly version?: string | undefined },
): Base => ({ document: stored.document, version: stored.version, permissions, permissionsVersion: version });

/** What was known of the permissions. */
export const grantedOf = ({ permissions, permissionsVersion }: Base) => ({ permissions, version: permissionsVersion });

export interface KeptDraft {
  readonly edited: Edited;
  readonly base: Base | null;
  /** The identifier follows the title until somebody writes one. */
  readonly identifierFollows: boolean;
}

export const { read: readDraft, keep: keepDraft, drop: dropDraft } = keptDrafts<KeptDraft>('quayside-action-editor');
