import { useEffect } from 'react';
import type { PipelineBuilder } from './use-pipeline-builder.ts';

/** Fields take their own letters back. */
const isField = (target: EventTarget | undefined): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** Ctrl or Cmd with S or Enter saves from anywhere, with Z takes the last edit back, with Shift-Z or Y does it again. */
export function useBuilderKeys(builder: PipelineBuilder): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!event.metaKey && !event.ctrlKey) return;
      const inDialog = document.querySelector('[role=dialog]') !== null;
      const key = event.key.toLowerCase();
      if (key === 's' || key === 'enter') {
        event.preventDefault();
        if (!inDialog && builder.dirty && builder.problems.length === 0) builder.save();
      } else if ((key === 'z' || key === 'y') && !inDialog && !isField(event.composedPath()[0])) {
        event.preventDefault();
        if (key === 'y' || event.shiftKey) builder.redo?.();
        else builder.undo?.();
      }
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  });
}
