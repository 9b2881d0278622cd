import { Tooltip, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { useTranslation } from 'react-i18next';
import { statusLooks } from './execution-badge.tsx';
import classes from './stage-canvas.module.css';
import { stageIcon } from './stage-types.ts';
import type { StageStatus } from './wire.ts';

export interface CanvasStage {
  readonly refId: string;
  readonly requisiteStageRefIds: readonly string[];
  readonly name: string;
  readonly type: string;
  readonly status?: StageStatus;
  /** It runs, and somebody has to decide. */
  readonly awaiting?: boolean;
  /** What is wrong with it, in the builder. */
  readonly problem?: string | undefined;
}

export type StageNode = Node<
  {
    readonly stage: CanvasStage;
    readonly editable: boolean;
    readonly downwards: boolean;
    /** While a line is drawn from key to key: whether it may end here. */
    readonly dimmed: boolean;
  },
  'stage'
>;

/** One stage in the picture. */
export function StageBox({ data: { stage, editable, downwards, dimmed }, selected }: NodeProps<StageNode>) {
  const { t } = useTranslation('pipelines');
  const shown = stage.awaiting === true ? 'AWAITING' : stage.status;
  const look = shown === undefined ? undefined : statusLooks[shown];
  const TypeIcon = stageIcon(stage.type);
  const typeName = t(`type.${stage.type}.name`, { defaultValue: stage.type });
  return (
    <div
      className={classes['stage']}
      data-tone={look?.tone}
      data-selected={selected || undefined}
      data-running={shown === 'RUNNING' || undefined}
      data-problem={stage.problem !== undefined || undefined}
      data-dimmed={dimmed || undefined}
    >
      <Handle
        type="target"
        position={downwards ? Position.Top : Position.Left}
        isConnectable={editable}
        className={classes['handle'] ?? ''}
      />
      <span className={classes['icon']} aria-hidden>
        <TypeIcon size={18} stroke={1.6} />
      </span>
      <span className={classes['words']}>
        <strong>{stage.name}</strong>
        <small>{look === undefined ? typeName : t(`status.${shown ?? ''}`)}</small>
      </span>
      {look !== undefined && <look.icon size={16} stroke={2} aria-hidden className={classes['mark']} />}
      {stage.problem !== undefined && (
        <Tooltip label={stage.problem} multiline maw={320}>
          <span className={classes['mark']}>
            <IconAlertTriangle size={16} aria-hidden />
            <VisuallyHidden>{stage.problem}</VisuallyHidden>
          </span>
        </Tooltip>
      )}
      <Handle
        type="source"
        position={downwards ? Position.Bottom : Position.Right}
        isConnectable={editable}
        className={classes['handle'] ?? ''}
      />
    </div>
  );
}
