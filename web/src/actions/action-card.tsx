import { Button, Tooltip } from '@mantine/core';
import { IconAnchor, IconArrowRight, IconLock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Action, Run } from '../api/wire.ts';
import { RunBadge } from '../runs/run-badge.tsx';
import { Chip } from '../ui/chip.tsx';
import { NamedIcon } from '../ui/icon.tsx';
import { RelativeTime } from '../ui/time.tsx';
import classes from './action-card.module.css';
import { ActionMenu } from './action-menu.tsx';
import { isDraft } from './api.ts';
import { backendOf } from './backend.ts';

interface ActionCardProps {
  readonly action: Action;
  readonly last: Run | undefined;
  /** May change actions. */
  readonly editor: boolean;
  /** May execute this one. */
  readonly offered: boolean;
  readonly onExecute: () => void;
}

export function ActionCard({ action, last, editor, offered, onExecute }: ActionCardProps) {
  const { t } = useTranslation(['actions', 'self-service']);
  const draft = isDraft(action);
  const title = action.title ?? action.identifier;
  const button = action.trigger.actionCardButtonText ?? t(`button.${action.trigger.operation}`);
  return (
    <article className={classes['card']}>
      <div className={classes['head']}>
        <span className={classes['icon']}>
          <NamedIcon name={action.icon} fallback={IconAnchor} size={20} />
        </span>
        <div className={classes['words']}>
          <h3>{title}</h3>
          <span className={classes['operation']}>{t(`kind.${backendOf(action).kind}`)}</span>
        </div>
        {draft && <Chip color="yellow">{t('draft', { ns: 'self-service' })}</Chip>}
        {editor && <ActionMenu action={action} />}
      </div>
      <p>{action.description ?? t('card.noDescription')}</p>
      <footer>
        {last === undefined ? (
          <span className={classes['never']}>{t('card.never')}</span>
        ) : (
          <Link to="/runs/$id" params={{ id: last.id }} className={classes['last']}>
            <RunBadge run={last} size="sm" plain />
            <RelativeTime at={last.createdAt} />
          </Link>
        )}
        {draft ? (
          <Button
            variant="default"
            size="xs"
            renderRoot={(props) => (
              <Link {...props} to="/self-service/$action/edit" params={{ action: action.identifier }} />
            )}
          >
            {t('finish', { ns: 'self-service' })}
          </Button>
        ) : !offered ? (
          <Tooltip label={t('notYours.help', { ns: 'self-service' })} multiline maw={280}>
            <Button
              variant="default"
              size="xs"
              leftSection={<IconLock size={14} />}
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/self-service/$action/edit"
                  params={{ action: action.identifier }}
                  search={{ tab: 'permissions' }}
                />
              )}
            >
              {t('notYours.label', { ns: 'self-service' })}
            </Button>
          </Tooltip>
        ) : (
          <Button
            variant="light"
            size="xs"
            rightSection={<IconArrowRight size={14} />}
            onClick={onExecute}
            aria-label={t('card.run', { button, title })}
          >
            {button}
          </Button>
        )}
      </footer>
    </article>
  );
}
