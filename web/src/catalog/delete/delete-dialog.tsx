import { Suspense } from 'react';
import { lazyDialog } from '../../ui/lazy-part.tsx';
import type { Entity } from '../../api/wire.ts';
import { withWords } from '../../i18n/i18n.ts';

export interface DeleteDialogProps {
  readonly entity: Entity;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

const Dialog = lazyDialog(
  withWords(async () => ({ default: (await import('./deletion-preview.tsx')).DeletionPreview }), 'entity-form'),
);

/** Asks before an entity is deleted, and says what goes with it. */
export function DeleteDialog(props: DeleteDialogProps) {
  return (
    <Suspense fallback={null}>
      <Dialog {...props} />
    </Suspense>
  );
}
