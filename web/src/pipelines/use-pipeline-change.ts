import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useErrorWords } from '../ui/states.tsx';
import { savePipeline, type StoredPipeline } from './api.ts';
import type { PipelineDocument } from './wire.ts';

/** Saves a change of a pipeline that is made at once, over the version that is shown. */
export function usePipelineChange(pipeline: StoredPipeline) {
  const client = useQueryClient();
  const words = useErrorWords();
  return useMutation({
    mutationFn: async ({ document }: { readonly document: PipelineDocument; readonly done: string }) =>
      savePipeline(document, pipeline, crypto.randomUUID()),
    onSuccess: async (_saved, { done }) => {
      notifications.show({ message: done });
      await Promise.all([
        client.invalidateQueries({ queryKey: ['pipeline', pipeline.id] }),
        client.invalidateQueries({ queryKey: ['pipelines'] }),
      ]);
    },
    onError: (error) => notifications.show({ color: 'red', message: words(error) }),
  });
}
