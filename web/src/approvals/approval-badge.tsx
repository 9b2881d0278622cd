import {
  IconCircleCheck,
  IconClockPause,
  IconHandStop,
  IconHourglassOff,
  IconPencil,
  IconPlayerStop,
  type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { StatusBadge, type Tone } from '../ui/status-badge.tsx';
import type { ApprovalState } from './api.ts';

const looks: Readonly<Record<ApprovalState, { tone: Tone; icon: Icon }>> = {
  open: { tone: 'warn', icon: IconClockPause },
  approved: { tone: 'good', icon: IconCircleCheck },
  rejected: { tone: 'bad', icon: IconHandStop },
  expired: { tone: 'mute', icon: IconHourglassOff },
  cancelled: { tone: 'mute', icon: IconPlayerStop },
  voided: { tone: 'mute', icon: IconPencil },
};

export function ApprovalBadge({ state, size = 'sm' }: { readonly state: ApprovalState; readonly size?: 'sm' | 'md' }) {
  const { t } = useTranslation('approvals');
  const { tone, icon } = looks[state];
  return (
    <StatusBadge tone={tone} icon={icon} size={size}>
      {t(`state.${state}`)}
    </StatusBadge>
  );
}
