import { describe, expect, it } from 'vitest';
import type { PipelineDocument } from '../wire.ts';
import { expressionWords, fittingWords, wordStart } from './expression-words.ts';

const document: PipelineDocument = {
  application: 'shop',
  name: 'Deploy',
  parameterConfig: [{ name: 'version' }, { name: 'target-region' }],
  stages: [
    {
      refId: '1',
      requisiteStageRefIds: [],
      type: 'evaluateVariables',
      name: 'Names',
      variables: [{ key: 'tag', value: 'x' }],
    },
    { refId: '2', requisiteStageRefIds: ['1'], type: 'manualJudgment', name: 'Ask' },
    { refId: '3', requisiteStageRefIds: ['2'], type: 'wait', name: 'Wait' },
    { refId: '4', requisiteStageRefIds: [], type: 'wait', name: 'Beside' },
  ],
};
const texts = (refId: string): readonly string[] => expressionWords(document, refId).map(({ text }) => text);

describe('words of expressions', () => {
  it('are the parameters, and what the stages before put out', () => {
    expect(texts('3')).toEqual(
      expect.arrayContaining([
        '.parameters.version',
        '.parameters["target-region"]',
        '.vars.tag',
        '.stages["Ask"].context.judgmentInput',
      ]),
    );
    expect(texts('3')).not.toContain('.stages["Beside"].status');
    expect(texts('1').some((text) => text.startsWith('.stages'))).toBe(false);
  });

  it.each([
    ['program', '.par', 0],
    ['program', 'not .stages["A b"].sta', 4],
    ['program', 'true and ', undefined],
    ['template', 'Version .par', undefined],
    ['template', 'Version {{ .par', 11],
    ['template', '{{ .a }} .par', undefined],
  ] as const)('in a %s begin in "%s" at %s', (kind, before, start) => {
    expect(wordStart(kind, before)).toBe(start);
  });

  it('fit what is typed', () => {
    const fitting = fittingWords(expressionWords(document, '3'), '.ver').map(({ text }) => text);
    expect(fitting).toEqual(['.parameters.version']);
  });
});
