import { Suspense } from 'react';
import { lazyDialog } from '../../ui/lazy-part.tsx';
import type { Blueprint, Entity } from '../../api/wire.ts';
import { withWords } from '../../i18n/i18n.ts';

export interface EntityDialogProps {
  readonly blueprint: Blueprint;
  /** The entity to change; a new one without. */
  readonly identifier: string | undefined;
  /** The entity that a new one begins as. */
  readonly from: string | undefined;
  readonly onClose: () => void;
  readonly onSaved: (entity: Entity) => void;
}

const Dialog = lazyDialog(
  withWords(
    async () => ({ default: (await import('./loaded-entity-form.tsx')).LoadedEntityForm }),
    'entity-form',
    'action-editor',
  ),
);

/** Creates or changes an entity, in a form made from its blueprint. */
export function EntityDialog(props: EntityDialogProps) {
  return (
    <Suspense fallback={null}>
      <Dialog {...props} />
    </Suspense>
  );
}
