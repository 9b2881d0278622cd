import type { PipelineDocument } from '../wire.ts';

/** What was typed before the page was loaded again, in this tab of the browser. */
export interface KeptPipeline {
  readonly document: PipelineDocument;
  /** The version it was begun from; none for a new one. */
  readonly etag: string | null;
}

const keyOf = (name: string): string => `quayside-pipeline-${name}`;

export function readDraft(name: string): KeptPipeline | undefined {
  try {
    const kept = sessionStorage.getItem(keyOf(name));
    return kept === null ? undefined : (JSON.parse(kept) as KeptPipeline);
  } catch {
    return undefined;
  }
}

export function keepDraft(name: string, draft: KeptPipeline): void {
  try {
    sessionStorage.setItem(keyOf(name), JSON.stringify(draft));
  } catch {
    // No room; the page itself still has it.
  }
}

export const dropDraft = (name: string): void => sessionStorage.removeItem(keyOf(name));
