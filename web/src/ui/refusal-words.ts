import { useTranslation } from 'react-i18next';
import { currentLanguage } from '../i18n/i18n.ts';

export interface Refusal {
  readonly code?: string | undefined;
  /** The server's own words, in English. */
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A refusal in the reader's language. The server writes English, with everything it knows; in other languages the code
 * is told where there are words for it, and the server's words otherwise.
 */
export function useRefusalWords(): (refusal: Refusal) => string {
  const { t } = useTranslation('refusals');
  return ({ code = '', message, details = {} }) => {
    if (currentLanguage() === 'en' || code === '') return message;
    const { decidedByName: name, resource } = details;
    const keys = [
      ...(typeof name === 'string' && name !== '' ? [`${code}_by`] : []),
      ...(typeof resource === 'string' ? [`${code}_${resource}`] : []),
      code,
    ];
    return t(keys, { name, defaultValue: message });
  };
}
