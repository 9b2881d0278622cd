import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { PipelineDocument, PipelineProblem } from '../wire.ts';
import classes from './builder.module.css';

interface ProblemListProps {
  readonly document: PipelineDocument;
  readonly problems: readonly PipelineProblem[];
  readonly onOpen: (refId: string | null) => void;
}

/** Everything that keeps the pipeline from being saved; each leads to where it is mended. */
export function ProblemList({ document, problems, onOpen }: ProblemListProps) {
  const { t } = useTranslation('pipelines');
  if (problems.length === 0) return null;
  const nameOf = (refId: string | null): string =>
    document.stages.find((stage) => stage.refId === refId)?.name ?? t('builder.view.settings');
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      title={t('builder.problems', { count: problems.length })}
    >
      <ul className={classes['problems']}>
        {problems.map(({ path, refId, message }) => (
          <li key={`${path} ${message}`}>
            <button type="button" onClick={() => onOpen(refId)}>
              {nameOf(refId)}
            </button>{' '}
            {message}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
