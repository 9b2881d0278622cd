import { CompletionContext } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { completeDefinition } from './json-words.ts';

/** What is offered at `|`. */
function offered(text: string): readonly string[] {
  const pos = text.indexOf('|');
  const state = EditorState.create({ doc: text.replace('|', ''), extensions: [json()] });
  const result = completeDefinition(new CompletionContext(state, pos, false));
  return result?.options.map((option) => option.label) ?? [];
}

describe('the JSON view completes', () => {
  it.each([
    ['{"ti|": 1}', '"title"'],
    ['{"trigger": {"|": 1}}', '"operation"'],
    ['{"trigger": {"operation": "|"}}', '"DAY-2"'],
    ['{"trigger": {"userInputs": {"properties": {"size": {"fo|": 1}}}}}', '"format"'],
    ['{"trigger": {"userInputs": {"properties": {"size": {"visible": {"|": 1}}}}}}', '"jqQuery"'],
    ['{"trigger": {"userInputs": {"properties": {"size": {"items": {"|": 1}}}}}}', '"blueprint"'],
    ['{"trigger": {"userInputs": {"steps": [{"|": 1}]}}}', '"order"'],
    ['{"trigger": {"condition": {"rules": [{"|": 1}]}}}', '"operator"'],
    ['{"invocationMethod": {"type": "WEB|"}}', '"WEBHOOK"'],
  ])('%s with %s', (text, word) => {
    expect(offered(text)).toContain(word);
  });

  it.each(['{"title": "|"}', '{"invocationMethod": {"body": {"|": 1}}}', '|', '{"a": |}', '{ | }'])(
    'nothing in %s',
    (text) => {
      expect(offered(text)).toEqual([]);
    },
  );
});
