import { Button, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { stageTypesQuery } from '../stage-type-api.ts';
import { knownTypes, stageIcon } from '../stage-types.ts';
import classes from './builder.module.css';

const typesQuery = {
  queryKey: ['stage-types'],
  queryFn: async () => (await get<{ stageTypes: readonly string[] }>('/api/v1/stage-types')).stageTypes,
  staleTime: Number.POSITIVE_INFINITY,
} as const;

interface AddStageProps {
  readonly opened: boolean;
  readonly onOpened: (opened: boolean) => void;
  readonly onAdd: (type: string, name?: string) => void;
  /** Name of the stage that it comes after; after all others when none is chosen. */
  readonly after: string | undefined;
}

export function AddStage({ opened, onOpened, onAdd, after }: AddStageProps) {
  const { t } = useTranslation('pipelines');
  const { data: offered = [] } = useQuery(typesQuery);
  const { data: made = [] } = useQuery(stageTypesQuery);
  const types = [
    ...knownTypes.filter((type) => offered.includes(type)),
    ...offered.filter((type) => !(knownTypes as readonly string[]).includes(type)),
  ];
  return (
    <Menu position="bottom-start" width={340} opened={opened} onChange={onOpened}>
      <Menu.Target>
        <Button leftSection={<IconPlus size={16} />} variant="light" className={classes['adding'] ?? ''}>
          {after === undefined ? t('builder.add') : t('builder.addAfter', { stage: after })}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {types.map((type) => {
          const Mark = stageIcon(type);
          return (
            <Menu.Item key={type} leftSection={<Mark size={18} stroke={1.6} />} onClick={() => onAdd(type)}>
              <span className={classes['type']}>
                <strong>{t(`type.${type}.name`, { defaultValue: type })}</strong>
                <small>{t(`type.${type}.help`, { defaultValue: '' })}</small>
              </span>
            </Menu.Item>
          );
        })}
        {made
          .filter(({ enabled }) => enabled !== false)
          .map(({ type, label, description }) => {
            const Mark = stageIcon(type);
            return (
              <Menu.Item key={type} leftSection={<Mark size={18} stroke={1.6} />} onClick={() => onAdd(type, label)}>
                <span className={classes['type']}>
                  <strong>{label}</strong>
                  <small>{description ?? ''}</small>
                </span>
              </Menu.Item>
            );
          })}
      </Menu.Dropdown>
    </Menu>
  );
}
