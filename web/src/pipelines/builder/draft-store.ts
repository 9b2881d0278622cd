import { keptDrafts } from '../../ui/kept-drafts.ts';
import type { PipelineDocument } from '../wire.ts';

/** What was typed before the page was loaded again, in this tab of the browser. */
export interface KeptPipeline {
  readonly document: PipelineDocument;
  /** The version it was begun from; none for a new one. */
  readonly etag: string | null;
}

export const { read: readDraft, keep: keepDraft, drop: dropDraft } = keptDrafts<KeptPipeline>('quayside-pipeline');
