import { describe, expect, it, test } from 'vitest';
import { translateExpression, translateText } from './expression-rules.ts';
import { nextCronInstant } from './cron-rules.ts';
import { readWindow, windowOpensAt } from './window-rules.ts';

const after = new Date('2026-03-04T12:00:00Z'); // a Wednesday

describe('a cron expression', () => {
  it.each([
    ['0 0 10 ? * MON-FRI *', 'UTC', '2026-03-05T10:00:00.000Z'],
    ['0 0 10 ? * 2', 'UTC', '2026-03-09T10:00:00.000Z'],
    ['0 30 9 1 * ?', 'UTC', '2026-04-01T09:30:00.000Z'],
    ['*/10 * * * * ?', 'UTC', '2026-03-04T12:00:10.000Z'],
    ['0 0 10 * * ?', 'Europe/Berlin', '2026-03-05T09:00:00.000Z'],
    ['0 0 0 L * ?', 'UTC', '2026-03-31T00:00:00.000Z'],
  ])('%s in %s', (expression, zone, expected) => {
    expect(nextCronInstant(expression, zone, after).toISOString()).toBe(expected);
  });

  it.each(['', '* * * * *', '0 0 25 * * ?', 'every day', '0 0 0 31 2 ?', '0 0 0 * * ? 2031'])(
    '%s is refused',
    (expression) => {
      expect(() => nextCronInstant(expression, 'UTC', after)).toThrow(/cron expression/);
    },
  );
});

describe('an execution window', () => {
  const opens = (given: object, now = after): string | null => {
    const window = readWindow(given);
    if (window === null || typeof window === 'string') throw new Error(String(window));
    return windowOpensAt(window, now)?.toISOString() ?? null;
  };
  const span = (startHour: number, endHour: number) => ({ startHour, startMin: 0, endHour, endMin: 0 });

  test('opens at once inside of it, otherwise at its next beginning', () => {
    expect(opens({ whitelist: [span(9, 17)] })).toBe('2026-03-04T12:00:00.000Z');
    expect(opens({ whitelist: [span(13, 17), span(8, 9)] })).toBe('2026-03-04T13:00:00.000Z');
    expect(opens({ whitelist: [span(8, 9)] })).toBe('2026-03-05T08:00:00.000Z');
    expect(opens({ days: [1] })).toBe('2026-03-08T00:00:00.000Z');
    expect(opens({ days: [4], whitelist: [span(9, 10)] })).toBe('2026-03-11T09:00:00.000Z');
  });

  test('may last over midnight, and knows time zones', () => {
    expect(opens({ whitelist: [span(22, 4)] })).toBe('2026-03-04T22:00:00.000Z');
    expect(opens({ days: [3], whitelist: [span(22, 14)] })).toBe('2026-03-04T12:00:00.000Z');
    expect(opens({ whitelist: [span(9, 10)], timeZone: 'Asia/Shanghai' })).toBe('2026-03-05T01:00:00.000Z');
  });

  test.each([{ days: [0] }, { days: ['x'] }, { whitelist: [span(25, 3)] }, { timeZone: 'Mars/Base' }, [], 'always'])(
    '%j is refused',
    (given) => {
      expect(typeof readWindow(given)).toBe('string');
    },
  );
});

describe('expressions of other engines', () => {
  it.each([
    ['parameters.version', '.parameters.version'],
    ["parameters['my-version']", '.parameters["my-version"]'],
    ['trigger.payload.commits[0].id', '.trigger.payload.commits[0].id'],
    ["#stage('Deploy to prod').status", '.stages["Deploy to prod"].status'],
    ["#stage('A')['context']['url']", '.stages["A"]["context"]["url"]'],
    ["#stage('A').hasSucceeded", '(.stages["A"].status == "SUCCEEDED")'],
    ['#judgment("Ask")', '.stages["Ask"].context.judgmentInput'],
    ["#judgment('Ask') == 'full'", '(.stages["Ask"].context.judgmentInput == "full")'],
    ["parameters.env ?: 'dev'", '(.parameters.env // "dev")'],
    ["parameters.env == 'prod' && !parameters.dry", '((.parameters.env == "prod") and (.parameters.dry | not))'],
    ['execution.id', '.execution.id'],
    ['digest', '.vars.digest'],
    ["#stageExists('A')", '(.stages["A"] != null)'],
    ['#currentStage().name', '.stage.name'],
    ["'a' + parameters.b", '("a" + .parameters.b)'],
  ])('%s', (given, expected) => {
    expect(translateExpression(given)).toBe(expected);
  });

  it.each([
    'parameters.a.toUpperCase()',
    'new java.util.Date()',
    '#toJson(trigger)',
    'T(java.lang.Math).random()',
    "a['b",
  ])('%s has no certain counterpart', (given) => {
    expect(translateExpression(given)).toBeNull();
  });

  test('stand in texts, and what cannot be said stays', () => {
    expect(translateText('v${parameters.v}-${#toInt(x)} {{ .a }} $5')).toEqual({
      text: 'v{{ .parameters.v }}-${#toInt(x)} {{ .a }} $5',
      untranslated: ['${#toInt(x)}'],
    });
  });
});
