import { createServiceAccounts } from '#access/create-service-account.ts';
import { createBlueprints } from '#catalog/blueprint-queries.ts';
import { createDerivation } from '#catalog/derived/derive-entities.ts';
import type { CatalogOptions } from '#catalog/module.ts';
import type { Core } from '#platform/core.ts';
import { createSecretBox, masterKey } from '#platform/crypto/secret-box.ts';
import { createJqPool } from '#platform/jq/jq-pool.ts';

/** Its threads end by themselves when nobody asks for a while. */
const jq = createJqPool({ size: 1, deadlineMs: 1_000, maxOutputBytes: 1_048_576, idleMs: 1_000 });

/** What the catalog is built with where nothing else is there. */
export function testCatalogParts(core: Pick<Core, 'clock'>, options: Partial<CatalogOptions> = {}): CatalogOptions {
  const blueprints = createBlueprints();
  return {
    blueprints,
    scores: async () => null,
    derivation: createDerivation({ blueprints, jq, clock: core.clock }),
    accounts: createServiceAccounts(createSecretBox({ current: masterKey(Buffer.alloc(32, 1)) })),
    runGate: { assertOpen: async () => undefined },
    blueprintHooks: [],
    ...options,
  };
}
