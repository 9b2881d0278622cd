import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconHandStop,
  IconLoader2,
  IconPlayerPause,
  IconPlayerSkipForward,
  IconUserQuestion,
  type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { StatusBadge, type Tone } from '../ui/status-badge.tsx';
import type { ExecutionItem, StageStatus } from './wire.ts';

type Shown = ExecutionItem['status'] | StageStatus | 'AWAITING';

export const statusLooks: Readonly<Record<Shown, { readonly tone: Tone; readonly icon: Icon }>> = {
  NOT_STARTED: { tone: 'mute', icon: IconCircleDashed },
  RUNNING: { tone: 'busy', icon: IconLoader2 },
  AWAITING: { tone: 'warn', icon: IconUserQuestion },
  PAUSED: { tone: 'warn', icon: IconPlayerPause },
  SUCCEEDED: { tone: 'good', icon: IconCircleCheck },
  SKIPPED: { tone: 'mute', icon: IconPlayerSkipForward },
  FAILED_CONTINUE: { tone: 'warn', icon: IconAlertTriangle },
  TERMINAL: { tone: 'bad', icon: IconCircleX },
  STOPPED: { tone: 'mute', icon: IconHandStop },
  CANCELED: { tone: 'mute', icon: IconBan },
};

interface Size {
  readonly size?: 'sm' | 'md' | 'lg';
}

function Badge({ status, size = 'md' }: { readonly status: Shown } & Size) {
  const { t } = useTranslation('pipelines');
  const { tone, icon } = statusLooks[status];
  return (
    <StatusBadge tone={tone} icon={icon} size={size} spinning={status === 'RUNNING'}>
      {t(`status.${status}`)}
    </StatusBadge>
  );
}

/** An execution's status; one that needs somebody says so before anything else. */
export function ExecutionBadge({
  execution,
  ...size
}: { readonly execution: Pick<ExecutionItem, 'status' | 'awaitingJudgment'> } & Size) {
  const awaiting = execution.awaitingJudgment && execution.status === 'RUNNING';
  return <Badge status={awaiting ? 'AWAITING' : execution.status} {...size} />;
}

export function StageBadge({
  status,
  awaiting = false,
  ...size
}: { readonly status: StageStatus; readonly awaiting?: boolean } & Size) {
  return <Badge status={awaiting ? 'AWAITING' : status} {...size} />;
}
