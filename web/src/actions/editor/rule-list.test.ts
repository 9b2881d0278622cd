import { describe, expect, it } from 'vitest';
import { backendKindOf, backendKinds } from './backends.ts';
import { asKind, inputKinds, kindOf } from './input-kinds.ts';
import { ruleText, ruleValue, simpleQuery } from './rule-list.tsx';

describe('a query as rules', () => {
  it('is one when it is flat', () => {
    const rules = [{ property: '$team', operator: 'isNotEmpty' }];
    expect(simpleQuery({ type: 'SEARCH', combinator: 'or', rules })).toEqual({ combinator: 'or', rules });
    expect(simpleQuery(undefined)).toEqual({ combinator: 'and', rules: [] });
  });

  it.each([
    [{ combinator: 'and', rules: [{ combinator: 'or', rules: [] }] }],
    [{ combinator: 'xor', rules: [] }],
    [{ combinator: 'and', rules: [{ property: 'tier', operator: '=', value: 1, blueprint: 'service' }] }],
    [{ combinator: 'and', rules: 'all' }],
  ])('stays JSON when it says more: %j', (query) => {
    expect(simpleQuery(query)).toBeUndefined();
  });

  it.each([
    ['3', '=', 'number', 3],
    ['3', '=', 'string', '3'],
    ['true', '=', 'boolean', true],
    ['1, 2', 'in', 'number', [1, 2]],
    ['a,b', 'in', undefined, ['a', 'b']],
    ['jq: .form.team', '=', 'string', { jqQuery: '.form.team' }],
  ])('reads %j for %s of a %s as %j, and writes it again', (text, operator, type, value) => {
    expect(ruleValue(text, operator, type)).toEqual(value);
    expect(ruleValue(ruleText(value), operator, type)).toEqual(value);
  });
});

describe('kinds of inputs', () => {
  it.each(inputKinds.map((kind) => [kind.id, kind] as const))('%s is found again', (_, kind) => {
    expect(kindOf(kind.starts)?.id).toBe(kind.id);
  });

  it('keep what makes sense in the new kind', () => {
    const text = { type: 'string', title: 'Size', minLength: 2, default: 'm', visible: false };
    const number = inputKinds.find((kind) => kind.id === 'number');
    expect(number && asKind(text, number)).toEqual({ type: 'number', title: 'Size', visible: false });
    const long = inputKinds.find((kind) => kind.id === 'multi-line');
    expect(long && asKind(text, long)).toEqual({
      type: 'string',
      format: 'multi-line',
      title: 'Size',
      minLength: 2,
      visible: false,
    });
  });
});

describe('kinds of backends', () => {
  it.each(backendKinds.map((kind) => [kind.id, kind] as const))('%s is found again', (_, kind) => {
    expect(backendKindOf(kind.starts)?.id).toBe(kind.id);
  });

  it('know both spellings of Azure DevOps, and leave others to the JSON', () => {
    expect(backendKindOf({ type: 'AZURE-DEVOPS' })?.id).toBe('AZURE_DEVOPS');
    expect(backendKindOf({ type: 'MOCK' })).toBeUndefined();
  });
});
