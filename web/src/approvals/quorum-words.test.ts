import { expect, test } from 'vitest';
import type { ApprovalDetail } from './api.ts';
import { quorumLines } from './quorum-words.ts';

const ada = { id: '1', name: 'Ada', email: 'ada@example.com', groups: ['SRE'] };
const kim = { id: '2', name: 'Kim', email: 'kim@example.com', groups: ['Security'] };

function lines(quorum: ApprovalDetail['quorum'], progress: ApprovalDetail['progress']) {
  return quorumLines({ quorum, progress, mayStillDecide: [ada, kim] } as unknown as ApprovalDetail);
}

test('who has still to approve is named where it has to be they', () => {
  expect(lines('any', [{ group: '', approved: 0, needed: 1 }])).toEqual([]);
  expect(lines({ count: 2 }, [{ group: '', approved: 1, needed: 2 }])).toMatchObject([{ approved: 1, waiting: [] }]);
  expect(lines('all', [{ group: '', approved: 1, needed: 3 }])).toMatchObject([{ waiting: ['Ada', 'Kim'] }]);
  expect(
    lines({ groups: [] }, [
      { group: 'SRE', approved: 1, needed: 1 },
      { group: 'Security', approved: 0, needed: 1 },
    ]),
  ).toMatchObject([
    { group: 'SRE', waiting: [] },
    { group: 'Security', waiting: ['Kim'] },
  ]);
});
