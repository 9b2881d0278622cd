import type { Fields, PipelineDocument } from './wire.ts';

/** Pages leave a locked pipeline as it is; what keeps it in step with a repository does not. */
export interface PipelineLock {
  readonly why: string | undefined;
  /** Whether people may take the lock away here. */
  readonly mayUnlock: boolean;
}

export function lockOf(document: PipelineDocument): PipelineLock | null {
  const locked = document['locked'];
  if (typeof locked !== 'object' || locked === null) return null;
  const { ui, allowUnlockUi, description } = locked as Fields;
  if (ui !== true) return null;
  return {
    why: typeof description === 'string' && description !== '' ? description : undefined,
    mayUnlock: allowUnlockUi !== false,
  };
}

export const lockFields = (why: string): Fields => ({
  ui: true,
  allowUnlockUi: true,
  ...(why.trim() === '' ? {} : { description: why.trim() }),
});
