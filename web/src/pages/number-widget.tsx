import { useTranslation } from 'react-i18next';
import { Chip, colorName } from '../ui/chip.tsx';
import { listOf, textOf, type Widget, type WidgetObject } from './widget.ts';
import classes from './widget.module.css';

type Compare = (figure: number, value: number) => boolean;

const comparisons: Readonly<Record<string, Compare>> = {
  '>': (figure, value) => figure > value,
  '>=': (figure, value) => figure >= value,
  '<': (figure, value) => figure < value,
  '<=': (figure, value) => figure <= value,
  '=': (figure, value) => figure === value,
  '!=': (figure, value) => figure !== value,
};

/** Of the conditions that are met the one whose value is nearest. */
export function metCondition(widget: WidgetObject, figure: number): WidgetObject | undefined {
  const distance = (one: WidgetObject): number => Math.abs(Number(one['value']) - figure);
  return listOf(widget['conditionalFormatting'])
    .filter((one) => comparisons[textOf(one, 'operator')]?.(figure, Number(one['value'])) === true)
    .toSorted((left, right) => distance(left) - distance(right))[0];
}

function decimals(widget: Widget): Intl.NumberFormatOptions {
  if (widget['displayFormatting'] === 'round') return { maximumFractionDigits: 0 };
  if (widget['displayFormatting'] !== 'custom') return { maximumFractionDigits: 2 };
  const places = Math.max(0, textOf(widget, 'decimalPlaces').length - 1);
  return { minimumFractionDigits: places, maximumFractionDigits: places };
}

/** One figure, large, with its unit and what it means where somebody said so. */
export function NumberWidget({ widget, figure }: { readonly widget: Widget; readonly figure: number | null }) {
  const { t, i18n } = useTranslation('pages');
  if (figure === null)
    return <p className={classes['nothing']}>{textOf(widget, 'emptyStateText') || t('widget.noFigure')}</p>;
  const condition = metCondition(widget, figure);
  const named = textOf(widget, 'unit');
  const unit = named === 'custom' ? textOf(widget, 'unitCustom') : named === 'none' ? '' : named;
  const isLeft = widget['unitAlignment'] === 'left';
  const colour = condition === undefined ? '' : textOf(condition, 'color');
  return (
    <div className={classes['figure']}>
      <strong style={colour === '' ? undefined : { color: `var(--q-${colorName(colour)}-text)` }}>
        {unit !== '' && isLeft && <small>{unit}</small>}
        {new Intl.NumberFormat(i18n.language, decimals(widget)).format(figure)}
        {unit !== '' && !isLeft && <small>{unit}</small>}
      </strong>
      {condition !== undefined && textOf(condition, 'message') !== '' && (
        <Chip dot color={colour}>
          {textOf(condition, 'message')}
        </Chip>
      )}
    </div>
  );
}
