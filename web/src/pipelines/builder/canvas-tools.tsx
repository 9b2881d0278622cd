import { ActionIcon, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconCopy,
  IconLayoutDistributeVertical,
  IconVectorSpline,
  IconTrash,
  type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './builder.module.css';

interface CanvasToolsProps {
  /** Each absent while there is nothing to do it to. */
  readonly onConnect: (() => void) | undefined;
  readonly onCopy: (() => void) | undefined;
  readonly onRemove: (() => void) | undefined;
  readonly onArrange: (() => void) | undefined;
  readonly onUndo: (() => void) | undefined;
  readonly onRedo: (() => void) | undefined;
  readonly connecting: boolean;
}

/** What can be done in the picture, for pointers, fingers and keys alike. */
export function CanvasTools(props: CanvasToolsProps) {
  const { t } = useTranslation('pipelines');
  return (
    <div className={classes['toolbar']} role="toolbar" aria-label={t('tools.label')}>
      <Tool
        label={t('tools.connect')}
        keys="C"
        icon={IconVectorSpline}
        on={props.connecting}
        onClick={props.onConnect}
      />
      <Tool label={t('tools.copy')} keys="D" icon={IconCopy} onClick={props.onCopy} />
      <Tool label={t('tools.remove')} keys="⌫" icon={IconTrash} onClick={props.onRemove} />
      <span className={classes['divider']} />
      <Tool label={t('tools.undo')} keys="Ctrl Z" icon={IconArrowBackUp} onClick={props.onUndo} />
      <Tool label={t('tools.redo')} keys="Ctrl ⇧ Z" icon={IconArrowForwardUp} onClick={props.onRedo} />
      <span className={classes['divider']} />
      <Tool label={t('tools.arrange')} icon={IconLayoutDistributeVertical} onClick={props.onArrange} />
    </div>
  );
}

interface ToolProps {
  readonly label: string;
  readonly keys?: string;
  readonly icon: Icon;
  readonly on?: boolean;
  readonly onClick: (() => void) | undefined;
}

function Tool({ label, keys, icon: Mark, on, onClick }: ToolProps) {
  return (
    <Tooltip
      label={
        <>
          {label}
          {keys !== undefined && <kbd className={classes['keys']}>{keys}</kbd>}
        </>
      }
    >
      <ActionIcon
        {...(on === true ? { variant: 'light' } : { variant: 'subtle', color: 'gray' })}
        size={32}
        aria-label={label}
        aria-pressed={on}
        disabled={onClick === undefined}
        onClick={onClick}
      >
        <Mark size={18} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
