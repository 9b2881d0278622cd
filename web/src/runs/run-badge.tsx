import {
  IconCircleCheck,
  IconCircleX,
  IconClockPause,
  IconHandStop,
  IconLoader2,
  type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Run, RunStatus } from '../api/wire.ts';
import { StatusBadge, type Tone } from '../ui/status-badge.tsx';

const looks: Readonly<Record<RunStatus, { tone: Tone; icon: Icon }>> = {
  SUCCESS: { tone: 'good', icon: IconCircleCheck },
  FAILURE: { tone: 'bad', icon: IconCircleX },
  IN_PROGRESS: { tone: 'busy', icon: IconLoader2 },
  WAITING_FOR_APPROVAL: { tone: 'warn', icon: IconClockPause },
  DECLINED: { tone: 'mute', icon: IconHandStop },
};

interface RunBadgeProps {
  readonly run: Pick<Run, 'status' | 'statusLabel'>;
  readonly size?: 'sm' | 'md' | 'lg';
  /** Leaves out the label the backend gave, where there is room for one word only. */
  readonly plain?: boolean;
}

/** A run's status. A label given by the backend stands in the colour of the status. */
export function RunBadge({ run, size = 'md', plain = false }: RunBadgeProps) {
  const { t } = useTranslation('runs');
  const { tone, icon } = looks[run.status];
  const label = plain || !run.statusLabel ? t(`status.${run.status}`) : run.statusLabel;
  return (
    <StatusBadge tone={tone} icon={icon} size={size} spinning={run.status === 'IN_PROGRESS'}>
      {!plain && run.statusLabel ? <span className="visually-hidden">{t(`status.${run.status}`)}: </span> : null}
      {label}
    </StatusBadge>
  );
}
