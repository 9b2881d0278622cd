import { describe, expect, it } from 'vitest';
import type { UserInputs } from '../api/wire.ts';
import { formRows, inputSteps } from './form-layout.ts';
import { effectiveInputs } from './live-form.ts';

const inputs: UserInputs = {
  properties: {
    name: { type: 'string' },
    size: { type: 'number' },
    note: { type: 'string' },
    hidden: { type: 'string', visible: false },
  },
  titles: {
    who: { title: 'Who it is for' },
    size: { title: 'How large', description: 'In units' },
    late: { title: 'Not placed' },
  },
  order: ['who', 'name', 'size'],
};

const keys = (rows: ReturnType<typeof formRows>): readonly string[] =>
  rows.map((row) => (row.kind === 'heading' ? `# ${row.heading.title}` : row.key));

describe('the layout of a form', () => {
  it('puts a heading where the order names it, and above the input whose name it bears', () => {
    expect(keys(formRows(inputs))).toEqual(['# Who it is for', 'name', '# How large', 'size', '# Not placed', 'note']);
  });

  it('keeps headings in their step', () => {
    const { order: _, ...rest } = inputs;
    const steps = [
      { title: 'One', order: ['who', 'name'] },
      { title: 'Two', order: ['late', 'size'] },
    ];
    expect(inputSteps({ ...rest, steps }).map((step) => keys(step.rows))).toEqual([
      ['# Who it is for', 'name'],
      ['# Not placed', '# How large', 'size', 'note'],
    ]);
  });

  it('shows nothing of a step that is never shown, and no heading that is not', () => {
    const { order: _, ...rest } = inputs;
    const steps = [
      { title: 'One', order: ['who', 'name'] },
      { title: 'Two', order: ['late', 'size'], visible: false },
    ];
    const titles = { ...inputs.titles, who: { title: 'Who it is for', visible: false } };
    const [only, ...others] = inputSteps(effectiveInputs({ ...rest, steps, titles } as UserInputs, undefined));
    expect(others).toEqual([]);
    expect(keys(only?.rows ?? [])).toEqual(['name', 'note']);
  });
});
