import { Button, Checkbox, Modal } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Scorecard } from '../../api/wire.ts';
import { DangerButton } from '../../ui/danger-button.tsx';
import { ErrorState, RowSkeletons, useErrorWords } from '../../ui/states.tsx';
import { Consequences } from '../delete/deletion-preview.tsx';
import {
  type BulkAnswer,
  type BulkPreview,
  type BulkScope,
  type BulkWork,
  bulkQuery,
  previewQuery,
  startBulk,
} from './bulk-api.ts';
import classes from './bulk.module.css';
import { BulkEditForm, type Edits, workOf } from './bulk-edit-form.tsx';
import { BulkOutcome } from './bulk-outcome.tsx';
import { ChangesTable, Refusals } from './preview-tables.tsx';

export interface BulkDialogProps {
  readonly kind: 'edit' | 'delete';
  readonly blueprint: Blueprint;
  readonly scorecards: readonly Scorecard[];
  readonly scope: BulkScope;
  readonly count: number;
  /** The change that goes on or went, named in the address. */
  readonly change: string | undefined;
  readonly onChange: (id: string) => void;
  readonly onClose: () => void;
}

/** First what is to be changed, then what that would touch, then how far it is and what was refused. */
export function BulkDialog(props: BulkDialogProps) {
  const { kind, blueprint, count, change, onClose } = props;
  const { t } = useTranslation(['table', 'common']);
  const [edits, setEdits] = useState<Edits>({});
  const [step, setStep] = useState<'form' | 'preview'>(kind === 'edit' ? 'form' : 'preview');
  const [takesAlong, setTakesAlong] = useState(false);
  const work: BulkWork =
    kind === 'edit' ? workOf(blueprint, edits) : { kind: 'delete', dependents: takesAlong ? 'delete' : 'refuse' };
  return (
    <Modal
      opened
      size={720}
      onClose={onClose}
      title={t(change === undefined ? `bulk.title.${kind}` : 'bulk.title.running', {
        count,
        blueprint: blueprint.title,
      })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {change !== undefined ? (
        <Going {...props} id={change} />
      ) : step === 'form' ? (
        <BulkEditForm
          blueprint={blueprint}
          edits={edits}
          onEdits={setEdits}
          onCancel={onClose}
          onNext={() => setStep('preview')}
        />
      ) : (
        <Preview
          {...props}
          work={work}
          takesAlong={takesAlong}
          onTakesAlong={setTakesAlong}
          onBack={kind === 'edit' ? () => setStep('form') : undefined}
        />
      )}
    </Modal>
  );
}

interface PreviewProps extends BulkDialogProps {
  readonly work: BulkWork;
  readonly takesAlong: boolean;
  readonly onTakesAlong: (takesAlong: boolean) => void;
  readonly onBack: (() => void) | undefined;
}

function Preview(props: PreviewProps) {
  const { kind, blueprint, scorecards, scope, work, onBack, onClose, onChange } = props;
  const { t } = useTranslation('table');
  const client = useQueryClient();
  const words = useErrorWords();
  const preview = useQuery(previewQuery(blueprint.identifier, scope, work));
  const starting = useMutation({
    mutationFn: async (state: string): Promise<BulkAnswer> => startBulk(blueprint.identifier, scope, work, state),
    onSuccess: (answer) => {
      client.setQueryData(bulkQuery(answer.change.id).queryKey, answer);
      onChange(answer.change.id);
    },
    // Something else would be touched by now: that is looked at first.
    onError: () => void preview.refetch(),
  });
  const { data } = preview;
  const [Go, goes] = [kind === 'delete' ? DangerButton : Button, data?.changed ?? 0];
  return (
    <div className={classes['parts']}>
      {preview.isPending && <RowSkeletons rows={3} height={44} />}
      {preview.isError && <ErrorState error={preview.error} retry={preview.refetch} />}
      {data !== undefined && (
        <>
          <Sums kind={kind} preview={data} />
          {kind === 'delete' && (
            <Checkbox
              label={t('bulk.takeAlong')}
              description={t('bulk.takeAlongHelp')}
              checked={props.takesAlong}
              onChange={(event) => props.onTakesAlong(event.currentTarget.checked)}
            />
          )}
          <Touched preview={data} blueprint={blueprint} scorecards={scorecards} />
        </>
      )}
      {starting.isError && (
        <p className={classes['bad']} role="alert">
          {words(starting.error)}
        </p>
      )}
      <div className={classes['buttons']}>
        <Button variant="default" onClick={onBack ?? onClose}>
          {t(onBack === undefined ? 'views.cancel' : 'bulk.back')}
        </Button>
        <Go
          disabled={data === undefined || preview.isFetching || goes === 0}
          loading={starting.isPending}
          onClick={() => data !== undefined && starting.mutate(data.state)}
        >
          {t(`bulk.go.${kind}`, { count: data !== undefined && data.checked < data.count ? data.count : goes })}
        </Go>
      </div>
    </div>
  );
}

interface SumsProps {
  readonly kind: 'edit' | 'delete';
  readonly preview: BulkPreview;
}

function Sums({ kind, preview }: SumsProps) {
  const { t } = useTranslation('table');
  return (
    <div role="status">
      <ul className={classes['sums']}>
        <li data-tone={kind === 'delete' ? 'bad' : 'good'}>{t(`bulk.sum.${kind}`, { count: preview.changed })}</li>
        {preview.unchanged > 0 && <li>{t('bulk.sum.unchanged', { count: preview.unchanged })}</li>}
        {preview.refused > 0 && <li data-tone="warn">{t('bulk.sum.refused', { count: preview.refused })}</li>}
      </ul>
      {preview.checked < preview.count && (
        <p className={classes['calm']}>{t('bulk.partly', { checked: preview.checked, count: preview.count })}</p>
      )}
    </div>
  );
}

interface TouchedProps {
  readonly preview: BulkPreview;
  readonly blueprint: Blueprint;
  readonly scorecards: readonly Scorecard[];
}

function Touched({ preview, blueprint, scorecards }: TouchedProps) {
  const { deletion, changed, changes, refusals, refused } = preview;
  return (
    <>
      {deletion !== undefined && changed > 0 && <Consequences deletion={deletion} />}
      {changes.length > 0 && <ChangesTable preview={preview} blueprint={blueprint} scorecards={scorecards} />}
      <Refusals failures={refusals} count={refused} />
    </>
  );
}

function Going({ id, blueprint, onChange, onClose }: BulkDialogProps & { readonly id: string }) {
  const found = useQuery(bulkQuery(id));
  if (found.isError) return <ErrorState error={found.error} retry={found.refetch} />;
  if (found.data === undefined) return <RowSkeletons rows={2} height={44} />;
  return <BulkOutcome answer={found.data} blueprint={blueprint} onChange={onChange} onClose={onClose} />;
}
