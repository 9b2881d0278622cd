import { Button, Group, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Draft, withGroupNamed, withoutGroup } from './draft.ts';

interface GroupNameProps {
  readonly title: string;
  readonly draft: Draft;
  /** With the tab that is edited from then on; none when it is gone. */
  readonly onChange: (draft: Draft, group: string) => void;
}

/** As long as the name of a tab may be. */
export const TAB_NAME = 30;

/** The name of the tab that is being arranged, and the way to take it off the page. */
export function GroupName({ title, draft, onChange }: GroupNameProps) {
  const { t } = useTranslation('pages');
  const [name, setName] = useState(title);
  const rename = (): void => {
    const next = name.trim();
    if (next === '' || next === title) return setName(title);
    onChange({ ...draft, widgets: withGroupNamed(draft.widgets, title, next) }, next);
  };
  return (
    <Group gap={12} mb={16} align="flex-end">
      <TextInput
        label={t('tab.name')}
        value={name}
        maxLength={TAB_NAME}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={rename}
      />
      <Button
        variant="subtle"
        color="red"
        leftSection={<IconTrash size={16} />}
        onClick={() => onChange({ ...draft, widgets: withoutGroup(draft.widgets, title) }, '')}
      >
        {t('tab.remove')}
      </Button>
    </Group>
  );
}
