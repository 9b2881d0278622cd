import { ActionIcon, Autocomplete, Button, Chip, NumberInput, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Fields, StageConfig } from '../wire.ts';
import classes from './builder.module.css';
import { withField } from './stage-form.ts';
import {
  hoursOf,
  type Hours,
  type Jitter,
  jitterOf,
  readTime,
  usualWindow,
  windowOf,
  writeHours,
  writeJitter,
} from './window-hours.ts';

interface WindowFieldsProps {
  readonly stage: StageConfig;
  readonly error: string | undefined;
  readonly onChange: (change: Fields) => void;
}

/** From Sunday, as the document counts them; Monday first, as people do. */
const days = [2, 3, 4, 5, 6, 7, 1] as const;
const zones: readonly string[] = Intl.supportedValuesOf('timeZone');

/** When a stage may begin: it waits for the next such time. */
export function WindowFields({ stage, error, onChange }: WindowFieldsProps) {
  const { t, i18n } = useTranslation('pipelines');
  const restricted = stage['restrictExecutionDuringTimeWindow'] === true;
  const window = windowOf(stage);
  const change = (part: Fields): void => onChange({ restrictedExecutionWindow: { ...window, ...part } });
  const dayName = (day: number): string =>
    // The fourth of January 1970 was a Sunday.
    new Intl.DateTimeFormat(i18n.language, { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(1970, 0, 3 + day));
  return (
    <>
      <Switch
        label={t('window.label')}
        description={t('window.help')}
        checked={restricted}
        onChange={(event) =>
          onChange({
            restrictExecutionDuringTimeWindow: event.currentTarget.checked,
            ...(event.currentTarget.checked && stage['restrictedExecutionWindow'] === undefined
              ? { restrictedExecutionWindow: usualWindow() }
              : {}),
          })
        }
      />
      {restricted && (
        <div className={classes['card']}>
          <div role="group" aria-label={t('window.days')} className={classes['days']}>
            {days.map((day) => (
              <Chip
                key={day}
                size="xs"
                checked={window.days.includes(day)}
                onChange={(on) =>
                  change({
                    days: on
                      ? [...window.days, day].toSorted((one, other) => one - other)
                      : window.days.filter((one) => one !== day),
                  })
                }
              >
                {dayName(day)}
              </Chip>
            ))}
          </div>
          <HourList hours={hoursOf(window.whitelist)} onChange={(hours) => change({ whitelist: writeHours(hours) })} />
          <Autocomplete
            label={t('window.zone')}
            data={[...zones]}
            limit={40}
            value={window.timeZone}
            onChange={(timeZone) => change({ timeZone: timeZone.trim() === '' ? undefined : timeZone.trim() })}
          />
          <JitterFields
            jitter={jitterOf(window)}
            onChange={(jitter) =>
              onChange({ restrictedExecutionWindow: withField(window, 'jitter', writeJitter(jitter)) })
            }
          />
          {window.days.length === 0 && window.whitelist.length === 0 && jitterOf(window) === null && (
            <p className={classes['help']}>{t('window.always')}</p>
          )}
          {error !== undefined && (
            <p className={classes['error']} role="alert">
              {error}
            </p>
          )}
        </div>
      )}
    </>
  );
}

interface JitterFieldsProps {
  readonly jitter: Jitter | null;
  readonly onChange: (jitter: Jitter | null) => void;
}

const usualJitter: Jitter = { minDelay: 0, maxDelay: 60, skipManual: true };
const longestJitterSeconds = 86_400;

function JitterFields({ jitter, onChange }: JitterFieldsProps) {
  const { t } = useTranslation('pipelines');
  return (
    <>
      <Switch
        label={t('window.jitter')}
        description={t('window.jitterHelp')}
        checked={jitter !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? usualJitter : null)}
      />
      {jitter !== null && (
        <>
          <div className={classes['two']}>
            <NumberInput
              label={t('window.jitterLeast')}
              min={0}
              max={longestJitterSeconds}
              allowDecimal={false}
              value={jitter.minDelay}
              onChange={(minDelay) => onChange({ ...jitter, minDelay: Number(minDelay) })}
            />
            <NumberInput
              label={t('window.jitterMost')}
              min={0}
              max={longestJitterSeconds}
              allowDecimal={false}
              error={jitter.maxDelay < jitter.minDelay}
              value={jitter.maxDelay}
              onChange={(maxDelay) => onChange({ ...jitter, maxDelay: Number(maxDelay) })}
            />
          </div>
          <Switch
            label={t('window.jitterManual')}
            checked={jitter.skipManual}
            onChange={(event) => onChange({ ...jitter, skipManual: event.currentTarget.checked })}
          />
        </>
      )}
    </>
  );
}

interface HourListProps {
  readonly hours: readonly Hours[];
  readonly onChange: (hours: readonly Hours[]) => void;
}

function HourList({ hours, onChange }: HourListProps) {
  const { t } = useTranslation('pipelines');
  const change = (at: number, part: Partial<Hours>): void =>
    onChange(hours.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <>
      {hours.map((span, at) => (
        <div key={at} className={classes['pair']}>
          {(['start', 'end'] as const).map((side) => (
            <TextInput
              key={side}
              type="time"
              label={at === 0 ? t(`window.${side}`) : undefined}
              aria-label={t(`window.${side}`)}
              value={span[side]}
              onChange={(event) => {
                if (readTime(event.currentTarget.value) !== null) change(at, { [side]: event.currentTarget.value });
              }}
            />
          ))}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('builder.removeRow')}
            onClick={() => onChange(hours.filter((_one, index) => index !== at))}
          >
            <IconX size={16} />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange([...hours, { start: '09:00', end: '17:00' }])}
      >
        {t('window.add')}
      </Button>
    </>
  );
}
