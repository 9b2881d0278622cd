import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Chip, colourNames } from '../../ui/chip.tsx';
import classes from './form-tab.module.css';

interface ChoiceListProps {
  readonly values: readonly unknown[];
  readonly numbers: boolean;
  readonly colours: Readonly<Record<string, unknown>>;
  readonly onChange: (values: readonly unknown[]) => void;
  readonly onColours: (colours: Readonly<Record<string, unknown>>) => void;
}

/** The values to choose from, each with a colour if it has one. */
export function ChoiceList({ values, numbers, colours, onChange, onColours }: ChoiceListProps) {
  const { t } = useTranslation('action-editor');
  const valueOf = (text: string): unknown =>
    numbers && text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
  const paint = (value: unknown, colour: string | null): void => {
    const rest = Object.fromEntries(Object.entries(colours).filter(([one]) => one !== String(value)));
    onColours(colour === null ? rest : { ...rest, [String(value)]: colour });
  };
  return (
    <div className={classes['choices']}>
      {values.map((value, index) => (
        // While a value is typed it is nobody's name.
        <div key={index} className={classes['choice']}>
          <TextInput
            size="xs"
            aria-label={t('choice.value', { number: index + 1 })}
            value={String(value)}
            onChange={(event) => {
              const next = valueOf(event.currentTarget.value);
              onChange(values.map((one, at) => (at === index ? next : one)));
            }}
          />
          <Select
            size="xs"
            clearable
            aria-label={t('choice.colour', { value: String(value) })}
            placeholder={t('choice.noColour')}
            data={colourNames.map((name) => ({ value: name, label: t(`colour.${name}`) }))}
            renderOption={({ option }) => (
              <Chip color={option.value} dot>
                {option.label}
              </Chip>
            )}
            value={typeof colours[String(value)] === 'string' ? String(colours[String(value)]) : null}
            onChange={(colour) => paint(value, colour)}
          />
          <ActionIcon
            aria-label={t('choice.remove', { value: String(value) })}
            onClick={() => onChange(values.filter((_, at) => at !== index))}
          >
            <IconX size={15} />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="xs"
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        onClick={() =>
          onChange([...values, numbers ? values.length + 1 : t('choice.new', { number: values.length + 1 })])
        }
      >
        {t('choice.add')}
      </Button>
    </div>
  );
}
