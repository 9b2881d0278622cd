import { IconGripVertical, IconHeading, IconListNumbers } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './form-tab.module.css';
import { kindOf } from './input-kinds.ts';
import type { Row } from './input-rows.ts';
import { textOf, useEditor } from './use-action-editor.ts';

interface InputListProps {
  readonly rows: readonly Row[];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
  readonly onMove: (from: number, to: number) => void;
}

interface DropTarget {
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
}

export const rowTitle = (row: Row): string => textOf(row.definition['title']) || (row.kind === 'step' ? '' : row.key);

/** The form's rows. The handle drags; with the arrow keys it moves its row as well. */
export function InputList({ rows, chosen, onChoose, onMove }: InputListProps) {
  const { t } = useTranslation('action-editor');
  const [dragged, setDragged] = useState<number>();
  const [over, setOver] = useState<number>();
  if (rows.length === 0) return null;
  const end = (): void => {
    setDragged(undefined);
    setOver(undefined);
  };
  // On the buttons, which fill their row.
  const target = (index: number): DropTarget => ({
    onDragOver: (event) => {
      if (dragged === undefined) return;
      event.preventDefault();
      setOver(index);
    },
    onDrop: (event) => {
      event.preventDefault();
      if (dragged !== undefined && dragged !== index) onMove(dragged, dragged < index ? index - 1 : index);
      end();
    },
  });
  return (
    <ol className={classes['list']} aria-label={t('form.inputs')}>
      {rows.map((row, index) => (
        <li
          key={
            row.kind === 'step' ? `step ${rows.slice(0, index).filter((one) => one.kind === 'step').length}` : row.key
          }
          className={classes['row']}
          data-kind={row.kind}
          data-chosen={index === chosen || undefined}
          data-over={(dragged !== undefined && over === index && over !== dragged) || undefined}
        >
          <button
            type="button"
            className={classes['handle']}
            draggable
            {...target(index)}
            aria-label={t('form.move', { title: rowTitle(row) })}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', String(index));
              setDragged(index);
            }}
            onDragEnd={end}
            onKeyDown={(event) => {
              const to = event.key === 'ArrowUp' ? index - 1 : event.key === 'ArrowDown' ? index + 1 : undefined;
              if (to === undefined) return;
              event.preventDefault();
              if (to >= 0 && to < rows.length) onMove(index, to);
            }}
          >
            <IconGripVertical size={15} aria-hidden />
          </button>
          <RowButton row={row} target={target(index)} pressed={index === chosen} onPress={() => onChoose(index)} />
        </li>
      ))}
    </ol>
  );
}

interface RowButtonProps {
  readonly row: Row;
  readonly pressed: boolean;
  readonly target: DropTarget;
  readonly onPress: () => void;
}

function RowButton(props: RowButtonProps) {
  const { t } = useTranslation('action-editor');
  const { errors } = useEditor();
  const { row } = props;
  const kind = row.kind === 'input' ? kindOf(row.definition) : undefined;
  const Mark = row.kind === 'step' ? IconListNumbers : row.kind === 'heading' ? IconHeading : kind?.icon;
  const faulty = row.kind === 'input' && errors.some((one) => one.path[2] === 'properties' && one.path[3] === row.key);
  return (
    <button
      type="button"
      className={classes['pick']}
      aria-pressed={props.pressed}
      onClick={props.onPress}
      {...props.target}
    >
      {Mark !== undefined && <Mark size={16} stroke={1.6} aria-hidden />}
      <span>{rowTitle(row) || t('form.unnamed')}</span>
      {row.kind === 'input' && row.required && <em title={t('input.required')}>*</em>}
      {faulty && <em>{t('faulty')}</em>}
    </button>
  );
}
