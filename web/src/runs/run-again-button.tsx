import { Button } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { lazyDialog } from '../ui/lazy-part.tsx';
import { useTranslation } from 'react-i18next';
import { needsEntity, offeredActionsQuery } from '../actions/api.ts';
import { ExecuteDialog } from '../actions/execute-dialog.tsx';
import type { Run } from '../api/wire.ts';

const RunAgainDialog = lazyDialog(async () => ({ default: (await import('./run-again-dialog.tsx')).RunAgainDialog }));

/** Begins the same once more, or the form filled in with what was sent; only for whoever may execute the action. */
export function RunAgainButton({ run }: { readonly run: Run }) {
  const { t } = useTranslation('runs');
  const { data: offered = [] } = useQuery(offeredActionsQuery());
  const [open, setOpen] = useState<'again' | 'form'>();
  const action = offered.find((one) => one.identifier === run.action.identifier);
  if (action === undefined) return null;
  const close = (): void => setOpen(undefined);
  return (
    <>
      <Button variant="default" leftSection={<IconRepeat size={16} />} onClick={() => setOpen('again')}>
        {t('page.again')}
      </Button>
      {open === 'again' && (
        <Suspense fallback={null}>
          <RunAgainDialog action={action} run={run} onClose={close} onChangeInputs={() => setOpen('form')} />
        </Suspense>
      )}
      {open === 'form' && (
        <ExecuteDialog
          action={action}
          entity={needsEntity(action) ? run.entity?.identifier : undefined}
          values={run.rawProperties ?? run.properties}
          onClose={close}
        />
      )}
    </>
  );
}
