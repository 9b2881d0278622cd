import type { Condition, Operator } from '../../catalog/conditions.ts';
import { isObject, rulesOfDataset, textOf, type WidgetObject } from '../widget.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const oneText: ReadonlySet<string> = new Set(['contains', 'beginsWith', '>=', '<=']);

function conditionOf(rule: WidgetObject): Condition | null {
  const { operator, value } = rule;
  const field = textOf(rule, 'scorecard') === '' ? textOf(rule, 'property') : `level:${textOf(rule, 'scorecard')}`;
  if (field === '' || typeof operator !== 'string') return null;
  const one = (known: Operator, values: readonly string[]): Condition => ({ field, operator: known, values });
  if (operator === 'isEmpty' || operator === 'isNotEmpty') return one(operator, []);
  if ((operator === 'in' || operator === 'notIn') && Array.isArray(value)) return one(operator, value.map(text));
  if (operator === '=') return typeof value === 'number' ? one('=', [text(value)]) : one('in', [text(value)]);
  if (operator === 'between' && isObject(value) && typeof value['preset'] === 'string') {
    return one('between', [value['preset']]);
  }
  return oneText.has(operator) ? one(operator as Operator, [text(value)]) : null;
}

/** The rules of a dataset as chips; null when it asks something that no chip can say, which is edited as JSON. */
export function conditionsOf(widget: WidgetObject): readonly Condition[] | null {
  const { dataset } = widget;
  if (isObject(dataset) && dataset['combinator'] !== 'and') return null;
  const rules = rulesOfDataset(widget).filter(
    (rule) => !(rule['property'] === '$blueprint' && rule['value'] === widget['blueprint']),
  );
  const conditions = rules.map(conditionOf);
  return conditions.every((one) => one !== null) ? conditions : null;
}
