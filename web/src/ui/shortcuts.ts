import { useEffect } from 'react';

/** The innermost element, also within a shadow root such as the code editor's. */
const isTyping = (target: EventTarget | null | undefined): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) ||
    target.closest('[role="dialog"]') !== null);

const SEQUENCE_MS = 900;

/**
 * Keys that work anywhere but in a field or dialog: single ones ("?", "/") and
 * sequences ("g c"), whose second key has to follow within a second.
 */
export function useShortcuts(shortcuts: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    let first = '';
    let since = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.composedPath()[0])) return;
      const sequence = event.timeStamp - since < SEQUENCE_MS && first !== '' ? `${first} ${event.key}` : event.key;
      first = '';
      const run = shortcuts[sequence] ?? shortcuts[event.key];
      if (run !== undefined) {
        event.preventDefault();
        run();
      } else if (Object.keys(shortcuts).some((one) => one.startsWith(`${event.key} `))) {
        first = event.key;
        since = event.timeStamp;
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [shortcuts]);
}
