import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../ui/page.tsx';
import { ErrorState, RowSkeletons } from '../ui/states.tsx';
import { pipelineQuery, type StoredPipeline } from './api.ts';

interface LoadedPipelineProps {
  readonly id: string;
  readonly children: (pipeline: StoredPipeline) => ReactNode;
}

/** A page about one pipeline: what to show until it is here, and when it is not. */
export function LoadedPipeline({ id, children }: LoadedPipelineProps) {
  const { t } = useTranslation('pipelines');
  const pipeline = useQuery(pipelineQuery(id));
  if (pipeline.isError) return <ErrorState page error={pipeline.error} retry={pipeline.refetch} />;
  if (pipeline.isSuccess) return children(pipeline.data);
  return (
    <Page title={t('loading')}>
      <RowSkeletons rows={5} height={64} />
    </Page>
  );
}
