import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DiffView } from '../ui/diff-view.tsx';
import { ErrorState, RowSkeletons, useErrorWords } from '../ui/states.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import { revisionsQuery, savePipeline, type StoredPipeline } from './api.ts';
import classes from './pipeline-page.module.css';
import { comparable, movedStages, onlyMoved } from './revision-diff.ts';
import type { Revision } from './wire.ts';

/** What a pipeline was: who saved what, what differs from the revision before, and the way back. */
export function RevisionList({ pipeline }: { readonly pipeline: StoredPipeline }) {
  const revisions = useQuery(revisionsQuery(pipeline.id));
  if (revisions.isPending) return <RowSkeletons rows={4} height={48} />;
  if (revisions.isError) return <ErrorState error={revisions.error} retry={revisions.refetch} />;
  return (
    <ul className={classes['revisions']}>
      {revisions.data.map((revision, at) => (
        <RevisionRow
          key={revision.version}
          pipeline={pipeline}
          revision={revision}
          before={revisions.data[at + 1] ?? null}
        />
      ))}
    </ul>
  );
}

interface RevisionRowProps {
  readonly pipeline: StoredPipeline;
  readonly revision: Revision;
  readonly before: Revision | null;
}

function RevisionRow({ pipeline, revision, before }: RevisionRowProps) {
  const { t } = useTranslation('pipelines');
  const words = useErrorWords();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const current = revision.version === pipeline.version;
  const moved = before === null ? [] : movedStages(before.document, revision.document);
  const still = before !== null && onlyMoved(before.document, revision.document);
  const restore = useMutation({
    mutationFn: async () => savePipeline(revision.document, pipeline, crypto.randomUUID()),
    onSuccess: async () => {
      notifications.show({ message: t('revisions.restored', { version: revision.version }) });
      await client.invalidateQueries({ queryKey: ['pipeline', pipeline.id] });
    },
    onError: (error) => notifications.show({ color: 'red', message: words(error) }),
  });
  return (
    <li>
      <div className={classes['revision']}>
        <span>
          <strong>{t('revisions.number', { version: revision.version })}</strong>
          <Who name={revision.savedBy} />
          <RelativeTime at={revision.savedAt} />
          {still && <small>{t('revisions.onlyMoved')}</small>}
        </span>
        <span>
          {before !== null && (
            <Button size="xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
              {t(open ? 'revisions.hide' : 'revisions.compare')}
            </Button>
          )}
          {pipeline.writable === true && !current && (
            <Button size="xs" variant="default" loading={restore.isPending} onClick={() => restore.mutate()}>
              {t('revisions.restore')}
            </Button>
          )}
          {current && <small>{t('revisions.current')}</small>}
        </span>
      </div>
      {open && before !== null && (
        <div className={classes['diff']}>
          {moved.length > 0 && <p>{t('revisions.moved', { stages: moved.join(', ') })}</p>}
          {!still && <DiffView before={comparable(before.document)} after={comparable(revision.document)} />}
        </div>
      )}
    </li>
  );
}
