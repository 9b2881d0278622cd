import { Button } from '@mantine/core';
import { IconAnchor } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { offeredActionsQuery } from '../actions/api.ts';
import { NamedIcon } from '../ui/icon.tsx';
import { usePageEntity } from './templates-of-text.ts';
import { listOf, textOf, type Widget } from './widget.ts';
import classes from './widget.module.css';

/** Actions to press, as far as the reader may execute them. */
export function ActionsWidget({ widget }: { readonly widget: Widget }) {
  return <ActionButtons names={listOf(widget['actions']).map((one) => textOf(one, 'action'))} />;
}

/** With the entity that the page is looked at for, where there is one. */
export function ActionButtons({ names }: { readonly names: readonly string[] }) {
  const { t } = useTranslation('pages');
  const about = usePageEntity();
  const { data: own = [] } = useQuery({ ...offeredActionsQuery(about?.entity), enabled: about !== undefined });
  const { data: actions = [], isPending } = useQuery(offeredActionsQuery());
  const entity = about?.entity.identifier;
  const searchOf = (action: string) =>
    entity !== undefined && own.some((one) => one.identifier === action) ? { action, entity } : { action };
  const shown = names.flatMap((name) => actions.find((action) => action.identifier === name) ?? []);
  if (shown.length === 0 && !isPending) return <p className={classes['nothing']}>{t('widget.noActions')}</p>;
  return (
    <div className={classes['actions']}>
      {shown.map((action) => (
        <Button
          key={action.identifier}
          variant="default"
          justify="flex-start"
          leftSection={<NamedIcon name={action.icon} fallback={IconAnchor} size={16} />}
          renderRoot={(props) => <Link {...props} to="/self-service" search={searchOf(action.identifier)} />}
        >
          {action.title ?? action.identifier}
        </Button>
      ))}
    </div>
  );
}
