import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginHistory, type EditHistory, recordEdit, redoEdit, restateHistory, undoEdit } from './edit-history.ts';

const edits = fc.array(fc.nat(5), { maxLength: 30 });
const each = (history: EditHistory<number>, value: number): EditHistory<number> =>
  recordEdit(history, { value, at: history.past.length * 10_000, joins: () => false });

function times<Value>(count: number, step: (value: Value) => Value, start: Value): Value {
  let value = start;
  for (let done = 0; done < count; done += 1) value = step(value);
  return value;
}

describe('what was edited', () => {
  it('is taken back to its begin and done again to its end', () => {
    fc.assert(
      fc.property(edits, (values) => {
        const edited = values.reduce(each, beginHistory(0));
        const steps = edited.past.length;
        const back = times(steps, undoEdit, edited);
        expect(back).toMatchObject({ past: [], present: 0 });
        expect(undoEdit(back)).toBe(back);
        expect(times(steps, redoEdit, back)).toMatchObject({ past: edited.past, present: edited.present, future: [] });
      }),
    );
  });

  it('is done again no more once something else is edited', () => {
    const back = undoEdit([1, 2].reduce(each, beginHistory(0)));
    expect(redoEdit(each(back, 3)).present).toBe(3);
  });

  it('is taken back as a whole while it goes on without a pause', () => {
    const typed = ['a', 'ab', 'abc'].reduce(
      (history, value, at) => recordEdit(history, { value, at: at * 300, joins: () => true }),
      beginHistory(''),
    );
    expect(undoEdit(typed).present).toBe('');
    const later = recordEdit(typed, { value: 'abcd', at: 9_000, joins: () => true });
    expect(undoEdit(later).present).toBe('abc');
  });

  it('is not changed by what changes nothing, nor by how the server writes it', () => {
    const edited = each(beginHistory(0), 1);
    expect(each(edited, 1)).toBe(edited);
    expect(undoEdit(restateHistory(edited, 7)).present).toBe(0);
  });
});
