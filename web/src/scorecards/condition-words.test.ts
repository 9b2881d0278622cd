import i18next, { type TFunction } from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { blueprints, scorecards } from '../../dev/data/catalog.ts';
import { entities } from '../../dev/data/entities.ts';
import type { Condition } from '../api/wire.ts';
import common from '../i18n/locales/en/common.json' with { type: 'json' };
import english from '../i18n/locales/en/scorecards.json' with { type: 'json' };
import chineseCommon from '../i18n/locales/zh-CN/common.json' with { type: 'json' };
import chinese from '../i18n/locales/zh-CN/scorecards.json' with { type: 'json' };
import { conditionWords, presentValue, ruleStates } from './condition-words.ts';

const translate: Record<string, TFunction> = {};
const service = blueprints.find((one) => one.identifier === 'service');
const invoicing = entities.find((one) => one.identifier === 'invoicing');
const readiness = scorecards[0];
if (service === undefined || invoicing === undefined || readiness === undefined)
  throw new Error('the sample is incomplete');

beforeAll(async () => {
  const words = i18next.createInstance();
  await words.init({
    resources: { en: { common, scorecards: english }, 'zh-CN': { common: chineseCommon, scorecards: chinese } },
    interpolation: { escapeValue: false },
  });
  for (const language of ['en', 'zh-CN']) translate[language] = words.getFixedT(language);
});

const say = (condition: Condition, language: string): string => {
  const t = translate[language];
  if (t === undefined) throw new Error(`no words for ${language}`);
  return conditionWords(condition, service, t, language);
};

describe('a condition in words', () => {
  it.each<[Condition, string, string]>([
    [{ property: 'coverage', operator: '>=', value: 70 }, 'Test coverage is at least 70', 'Test coverage 不小于 70'],
    [{ property: '$team', operator: 'isNotEmpty' }, 'Owning teams has a value', '所属团队不为空'],
    [{ property: 'runbook', operator: 'isEmpty', not: true }, 'Runbook has a value', 'Runbook 不为空'],
    [{ property: 'health', operator: '=', value: 'Healthy' }, 'Health is “Healthy”', 'Health 为 “Healthy”'],
    [
      { property: 'language', operator: 'in', value: ['Go', 'Kotlin'] },
      'Language is “Go” or “Kotlin”',
      'Language 为 “Go”或“Kotlin”',
    ],
    [
      { property: 'deployedAt', operator: 'between', value: { preset: 'lastWeek' } },
      'Last deployment lies in the last 7 days',
      'Last deployment 在最近 7 天之内',
    ],
    [{ property: 'unheardOf', operator: 'resembles', value: 1 }, 'unheardOf resembles 1', 'unheardOf resembles 1'],
  ])('%j', (condition, inEnglish, inChinese) => {
    expect([say(condition, 'en'), say(condition, 'zh-CN')]).toEqual([inEnglish, inChinese]);
  });

  it('names what the entity has now', () => {
    const t = translate['en'];
    if (t === undefined) throw new Error('no English');
    expect(presentValue({ property: 'runbook', operator: 'isNotEmpty' }, invoicing, t, 'en')).toBe('empty');
    expect(presentValue({ property: 'coverage', operator: '>=', value: 70 }, invoicing, t, 'en')).toBe('66');
  });
});

it('names the first failing rule of the lowest level as the next to fix', () => {
  const shuffled = { ...readiness, rules: readiness.rules.toReversed() };
  expect(ruleStates(invoicing, readiness).next?.identifier).toBe('hasRunbook');
  expect(ruleStates(invoicing, shuffled).next?.level).toBe('Silver');
});
