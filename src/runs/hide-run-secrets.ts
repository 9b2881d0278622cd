import type { SecretBox } from '#platform/crypto/secret-box.ts';
import { hideTexts } from '#platform/hide-texts.ts';
import type { SealedInvocation } from './backend.ts';
import { invocationName } from './create-run.ts';
import type { LockedRun } from './run-store.ts';

/** What a backend tells of a run, without the secrets that the run brought it. */
export type HideRunSecrets = <Value>(run: LockedRun, told: Value) => Value;

export function createHideRunSecrets(box: SecretBox): HideRunSecrets {
  return (run, told) => {
    const texts = secretsOf(box, run);
    return texts.length === 0 ? told : (hideTexts(told, texts) as typeof told);
  };
}

/** None once the run has ended: nothing is told of it any more, and it has forgotten them. */
function secretsOf(box: SecretBox, { org_id: orgId, id, sealed_invocation: sealed }: LockedRun): readonly string[] {
  if (sealed === null) return [];
  try {
    return (JSON.parse(box.open(sealed, { orgId, name: invocationName(id) })) as SealedInvocation).hiddenTexts;
  } catch {
    // Sealed with a key that is gone, so what is in it was never sent from here.
    return [];
  }
}
