import { expect, test } from 'vitest';
import { isOn, readOptions, wants } from './read-options.ts';

test('lists may be repeated, joined by commas, or both', () => {
  const { include } = readOptions({ include: ['a,b', ' c ', ''] });
  expect([...(include ?? [])]).toEqual(['a', 'b', 'c']);
  expect(readOptions({ include: [''] }).include).toBeUndefined();
});

test('a field is named bare, with its parent, with a dollar sign, or by its parent', () => {
  const include = (...names: string[]) => ({ include: new Set(names) });
  expect(wants(include('lang'), 'lang', 'properties')).toBe(true);
  expect(wants(include('properties.lang'), 'lang', 'properties')).toBe(true);
  expect(wants(include('properties'), 'lang', 'properties')).toBe(true);
  expect(wants(include('relations.lang'), 'lang', 'properties')).toBe(false);
  expect(wants(include('$team'), 'team')).toBe(true);
  expect(wants({}, 'anything')).toBe(true);
});

test('a property called like a meta field is meant only with its parent', () => {
  expect(wants({ exclude: new Set(['title']) }, 'title', 'properties')).toBe(true);
  expect(wants({ exclude: new Set(['properties.title']) }, 'title', 'properties')).toBe(false);
});

test('exclusion wins over inclusion', () => {
  expect(wants({ include: new Set(['a']), exclude: new Set(['a']) }, 'a', 'properties')).toBe(false);
});

test('flags come in any case', () => {
  expect([isOn('true'), isOn('True'), isOn('false'), isOn(''), isOn(undefined)]).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
