import { Suspense } from 'react';
import { lazyDialog } from '../ui/lazy-part.tsx';
import { withWords } from '../i18n/i18n.ts';
import type { ExecutionStart } from './use-execution.ts';

const Dialog = lazyDialog(
  withWords(async () => ({ default: (await import('./execute-form.tsx')).ExecuteForm }), 'execute'),
);

/** Asks for what an action needs, says what will happen, and starts the run. */
export function ExecuteDialog(props: ExecutionStart) {
  return (
    <Suspense fallback={null}>
      <Dialog {...props} />
    </Suspense>
  );
}
