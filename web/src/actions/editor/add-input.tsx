import { Button, Menu, ScrollArea } from '@mantine/core';
import { IconHeading, IconListNumbers, IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './form-tab.module.css';
import { inputKinds } from './input-kinds.ts';
import { freeKey, type Row } from './input-rows.ts';

interface AddInputProps {
  readonly rows: readonly Row[];
  readonly onAdd: (row: Row) => void;
}

/** Inputs by kind; headings and steps to put them in order. */
export function AddInput({ rows, onAdd }: AddInputProps) {
  const { t } = useTranslation('action-editor');
  const step = (): void => {
    const number = rows.filter((row) => row.kind === 'step').length + 1;
    onAdd({ kind: 'step', definition: { title: t('form.newStep', { number }), order: [] } });
  };
  return (
    <div className={classes['add']}>
      <Menu position="bottom-start" width={260}>
        <Menu.Target>
          <Button size="xs" variant="light" leftSection={<IconPlus size={15} />}>
            {t('form.addInput')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <ScrollArea.Autosize mah={380} type="auto">
            {inputKinds.map((kind) => (
              <Menu.Item
                key={kind.id}
                leftSection={<kind.icon size={16} stroke={1.6} />}
                onClick={() =>
                  onAdd({
                    kind: 'input',
                    key: freeKey(rows, kind.id.replaceAll('-', '_')),
                    definition: { ...kind.starts, title: t(`kind.${kind.id}`) },
                    required: false,
                  })
                }
              >
                {t(`kind.${kind.id}`)}
              </Menu.Item>
            ))}
          </ScrollArea.Autosize>
        </Menu.Dropdown>
      </Menu>
      <Button size="xs" variant="default" leftSection={<IconListNumbers size={15} />} onClick={step}>
        {t('form.addStep')}
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconHeading size={15} />}
        onClick={() =>
          onAdd({ kind: 'heading', key: freeKey(rows, 'heading'), definition: { title: t('form.newHeading') } })
        }
      >
        {t('form.addHeading')}
      </Button>
    </div>
  );
}
