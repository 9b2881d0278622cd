import type { ActionDocument } from '../action-document.ts';
import type { Edited } from './draft-store.ts';
import { firstPermissions } from './permissions.ts';
import { withValue } from './paths.ts';

/** The body a webhook starts with: the run to report to, and every input. */
export const firstBody = {
  port_context: { runId: '{{ .run.id }}' },
  '{{ spreadValue() }}': '{{ .inputs }}',
};

const emptyDocument: ActionDocument = {
  identifier: '',
  title: '',
  trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties: {}, required: [], order: [] } },
  invocationMethod: { type: 'WEBHOOK', url: '', method: 'POST', body: firstBody },
  requiredApproval: false,
};

export const newAction: Edited = { document: emptyDocument, permissions: firstPermissions };

/** A copy under another name, not published by accident. */
export function copyOf({ document, permissions }: Edited, title: string, identifier: string): Edited {
  const named = withValue(withValue(document, ['title'], title), ['identifier'], identifier);
  return { document: withValue(named, ['publish'], false), permissions };
}
