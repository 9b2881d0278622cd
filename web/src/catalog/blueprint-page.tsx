import { IconStack2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, RowSkeletons } from '../ui/states.tsx';
import { blueprintsQuery } from './api.ts';
import { BlueprintTable } from './table/blueprint-table.tsx';

export function BlueprintPage() {
  const { blueprint: identifier } = useParams({ from: '/app/catalog/$blueprint' });
  const { t } = useTranslation('catalog');
  const blueprints = useQuery(blueprintsQuery);
  if (blueprints.isError) return <ErrorState page error={blueprints.error} retry={blueprints.refetch} />;
  const blueprint = blueprints.data?.find((one) => one.identifier === identifier);
  if (blueprints.isPending) {
    return (
      <Page title={identifier} crumbs={[{ label: t('index.title'), to: '/catalog' }]}>
        <RowSkeletons rows={12} />
      </Page>
    );
  }
  if (blueprint === undefined) {
    return (
      <EmptyState page icon={IconStack2} title={t('table.noBlueprint', { identifier })}>
        {t('table.noBlueprintHelp')}
      </EmptyState>
    );
  }
  return <BlueprintTable key={identifier} blueprint={blueprint} />;
}
