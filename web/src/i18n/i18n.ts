import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const languages = ['en', 'zh-CN'] as const;
export type Language = (typeof languages)[number];

const KEY = 'quayside-language';
/** The word lists by path; those of one language are one chunk (vite.config.ts) and load when it is chosen. */
const lists = import.meta.glob<{ readonly default: object }>('./locales/*/*.json');

export const isLanguage = (value: unknown): value is Language => languages.includes(value as Language);

function firstLanguage(): Language {
  const stored = localStorage.getItem(KEY);
  if (isLanguage(stored)) return stored;
  return navigator.languages.some((one) => one.toLowerCase().startsWith('zh')) ? 'zh-CN' : 'en';
}

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'common')) return;
  const wanted = Object.entries(lists).filter(([path]) => path.startsWith(`./locales/${language}/`));
  await Promise.all(
    wanted.map(async ([path, list]) => {
      const namespace = path.replace(/^.*\/|\.json$/g, '');
      i18next.addResourceBundle(language, namespace, (await list()).default);
    }),
  );
}

export async function startI18n(): Promise<void> {
  const language = firstLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'common',
    ns: [],
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await load(language);
  document.documentElement.lang = language;
  // Tell React, which may already hold the empty bundle.
  await i18next.changeLanguage(language);
}

export async function setLanguage(language: Language): Promise<void> {
  await load(language);
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

export const currentLanguage = (): Language => (isLanguage(i18next.language) ? i18next.language : 'en');
