import { expect, it } from 'vitest';
import { sorted, type Column } from './data-table.tsx';

it('sorts numbers as numbers and puts what is missing last, both ways', () => {
  const columns: Column<{ size?: number }>[] = [
    { key: 'size', title: '', width: 1, cell: () => null, sortValue: (row) => row.size },
  ];
  const rows = [{ size: 10 }, {}, { size: 9 }];
  expect(sorted(rows, columns, 'size')).toEqual([{ size: 9 }, { size: 10 }, {}]);
  expect(sorted(rows, columns, '-size')).toEqual([{ size: 10 }, { size: 9 }, {}]);
});
