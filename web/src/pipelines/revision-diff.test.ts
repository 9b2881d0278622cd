import { expect, test } from 'vitest';
import { arrange, moveStages } from './builder/document-edits.ts';
import { comparable, movedStages, onlyMoved } from './revision-diff.ts';
import type { PipelineDocument } from './wire.ts';

const stage = (refId: string, name: string) => ({ refId, requisiteStageRefIds: [], type: 'wait', name });
const document: PipelineDocument = {
  application: 'shop',
  name: 'Deploy',
  stages: [stage('1', 'Soak'), stage('2', 'Approve')],
};

test('a revision that only moved stages names them', () => {
  const moved = moveStages(document, new Map([['2', { x: 40, y: 8 }]]));
  expect(movedStages(document, moved)).toEqual(['Approve']);
  expect(onlyMoved(document, moved)).toBe(true);
  expect(comparable(moved)).toEqual(comparable(document));
  expect(movedStages(moved, arrange(moved))).toEqual(['Approve']);
  expect(movedStages(moved, moveStages(moved, new Map([['2', { x: 40, y: 8 }]])))).toEqual([]);
});

test('one that also changes something says both', () => {
  const moved = moveStages(document, new Map([['1', { x: 1, y: 1 }]]));
  const changed = { ...moved, description: 'new', stages: [...moved.stages, stage('3', 'New')] };
  expect(movedStages(document, changed)).toEqual(['Soak']);
  expect(onlyMoved(document, changed)).toBe(false);
});
