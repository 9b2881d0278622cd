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

const keyOf = (name: string): string => `quayside-action-editor-${name}`;

/** What was typed before the page was loaded again, in this tab of the browser. */
export function readDraft(name: string): KeptDraft | undefined {
  try {
    const kept = sessionStorage.getItem(keyOf(name));
    return kept === null ? undefined : (JSON.parse(kept) as KeptDraft);
  } catch {
    return undefined;
  }
}

export function keepDraft(name: string, draft: KeptDraft): void {
  try {
    sessionStorage.setItem(keyOf(name), JSON.stringify(draft));
  } catch {
    // No room; the page itself still has it.
  }
}

export const dropDraft = (name: string): void => sessionStorage.removeItem(keyOf(name));
