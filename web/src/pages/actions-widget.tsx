import { Button } from '@mantine/core';
import { IconAnchor } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { offeredActionsQuery } from '../actions/api.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { listOf, textOf, type Widget } from './widget.ts';
import classes from './widget.module.css';

/** Actions to press, as far as the reader may execute them. */
export function ActionsWidget({ widget }: { readonly widget: Widget }) {
  const { t } = useTranslation('pages');
  const { data: actions = [], isPending } = useQuery(offeredActionsQuery());
  const named = listOf(widget['actions']).map((one) => textOf(one, 'action'));
  const shown = named.flatMap((name) => actions.find((action) => action.identifier === name) ?? []);
  if (shown.length === 0 && !isPending) return <p className={classes['nothing']}>{t('widget.noActions')}</p>;
  return (
    <div className={classes['actions']}>
      {shown.map((action) => (
        <Button
          key={action.identifier}
          variant="default"
          justify="flex-start"
          leftSection={<NamedIcon name={action.icon} fallback={IconAnchor} size={16} />}
          renderRoot={(props) => <Link {...props} to="/self-service" search={{ action: action.identifier }} />}
        >
          {action.title ?? action.identifier}
        </Button>
      ))}
    </div>
  );
}
