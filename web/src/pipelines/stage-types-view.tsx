import { Button } from '@mantine/core';
import { IconPlus, IconPuzzle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../ui/panel.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { type StageType, stageTypesQuery } from './stage-type-api.ts';
import { RemoveStageTypeDialog, StageTypeDialog } from './stage-type-dialog.tsx';
import classes from './stage-types-view.module.css';

type Asked =
  | { readonly kind: 'form'; readonly stageType: StageType | null }
  | { readonly kind: 'remove'; readonly stageType: StageType };

/** For administrators: types of stages that are a webhook with its call filled in. */
export function StageTypesView() {
  const { t } = useTranslation('pipelines');
  const found = useQuery(stageTypesQuery);
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  const types = found.data ?? [];
  const add = (
    <Button
      variant="default"
      leftSection={<IconPlus size={16} />}
      onClick={() => setAsked({ kind: 'form', stageType: null })}
    >
      {t('stageTypes.new')}
    </Button>
  );
  return (
    <>
      {found.isPending && <RowSkeletons rows={2} height={64} />}
      {found.isError && <ErrorState error={found.error} retry={found.refetch} />}
      {found.isSuccess && types.length === 0 && (
        <EmptyState icon={IconPuzzle} title={t('stageTypes.empty')} action={add}>
          {t('stageTypes.help')}
        </EmptyState>
      )}
      {types.length > 0 && (
        <Panel title={t('stageTypes.title')} aside={add} flush>
          <p className={classes['help']}>{t('stageTypes.help')}</p>
          <ul>
            {types.map((stageType) => (
              <li key={stageType.type} className={classes['row']} data-off={stageType.enabled === false || undefined}>
                <span className={classes['name']}>
                  <strong>{stageType.label}</strong>
                  <code>{stageType.type}</code>
                  {stageType.enabled === false && <small>{t('stageTypes.off')}</small>}
                </span>
                <span className={classes['words']}>
                  {stageType.description ?? ''}
                  <small>{(stageType.parameters ?? []).map(({ label, name }) => label ?? name).join(' · ')}</small>
                </span>
                <span className={classes['tools']}>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t('stageTypes.editNamed', { name: stageType.label })}
                    onClick={() => setAsked({ kind: 'form', stageType })}
                  >
                    {t('edit')}
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    color="red"
                    aria-label={t('stageTypes.removeNamed', { name: stageType.label })}
                    onClick={() => setAsked({ kind: 'remove', stageType })}
                  >
                    {t('stageTypes.remove')}
                  </Button>
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {asked?.kind === 'form' && <StageTypeDialog stageType={asked.stageType} onClose={close} />}
      {asked?.kind === 'remove' && <RemoveStageTypeDialog stageType={asked.stageType} onClose={close} />}
    </>
  );
}
