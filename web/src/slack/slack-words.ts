import { useTranslation } from 'react-i18next';
import { isProblem } from '../api/problem.ts';
import { currentLanguage } from '../i18n/i18n.ts';
import { useErrorWords } from '../ui/states.tsx';

interface SlackProblem {
  readonly code: string | null;
  /** The server's own words, in English. */
  readonly error: string;
  /** Of a message that failed. */
  readonly state?: string;
}

/** What Slack refused, in the reader's language: by Slack's code where there are words for it. */
export function useSlackProblem(): (problem: SlackProblem) => string {
  const { t } = useTranslation('slackapp');
  return ({ code, error, state }) => {
    const key = code ?? state;
    return key === undefined || currentLanguage() === 'en' ? error : t(`problem.${key}`, { defaultValue: error });
  };
}

/** The words of an error, of what Slack refused as well. */
export function useSlackErrorWords(): (error: unknown) => string {
  const words = useErrorWords();
  const told = useSlackProblem();
  return (error) => {
    const code = isProblem(error) ? error.details['slackError'] : undefined;
    return typeof code === 'string' ? told({ code, error: words(error) }) : words(error);
  };
}
