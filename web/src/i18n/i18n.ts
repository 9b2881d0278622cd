import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const languages = ['en', 'zh-CN'] as const;
export type Language = (typeof languages)[number];

const KEY = 'quayside-language';
/**
 * The word lists by path. Those in `locales/<language>/` are one chunk (vite.config.ts) and load when the language is
 * chosen; those in its folder `later` come with the pages that use them (`withWords`).
 */
const lists = import.meta.glob<{ readonly default: object }>('./locales/**/*.json');
const laterLists = new Set<string>();

export const isLanguage = (value: unknown): value is Language => languages.includes(value as Language);

function firstLanguage(): Language {
  const stored = localStorage.getItem(KEY);
  if (isLanguage(stored)) return stored;
  return navigator.languages.some((one) => one.toLowerCase().startsWith('zh')) ? 'zh-CN' : 'en';
}

const firstLists = Object.keys(lists)
  .filter((path) => path.startsWith('./locales/en/') && !path.includes('/later/'))
  .map((path) => path.replace(/^.*\/|\.json$/g, ''));

async function load(language: Language): Promise<void> {
  // The server refuses in English: only other languages need words for its codes.
  const refusals = language === 'en' ? [] : ['refusals'];
  await Promise.all([...firstLists, ...laterLists, ...refusals].map(async (name) => loadList(language, name)));
}

async function loadList(language: Language, name: string): Promise<void> {
  if (i18next.hasResourceBundle(language, name)) return;
  const list = lists[`./locales/${language}/${name}.json`] ?? lists[`./locales/${language}/later/${name}.json`];
  if (list === undefined) throw new Error(`There is no word list "${name}"`);
  i18next.addResourceBundle(language, name, (await list()).default);
}

/** A lazy part whose words are in the folders `later`; once it was shown, a change of language brings them as well. */
export function withWords<Part>(bring: () => Promise<Part>, ...names: readonly string[]): () => Promise<Part> {
  return async () => {
    for (const name of names) laterLists.add(name);
    const [part] = await Promise.all([bring(), ...names.map(async (name) => loadList(currentLanguage(), name))]);
    return part;
  };
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
  // Chosen in another tab; the theme follows in the same way.
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === KEY && isLanguage(newValue)) void setLanguage(newValue);
  });
}

export async function setLanguage(language: Language): Promise<void> {
  await load(language);
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

export const currentLanguage = (): Language => (isLanguage(i18next.language) ? i18next.language : 'en');
