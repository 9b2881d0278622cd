import { knownNames } from '#access/people-queries.ts';
import type { ExecuteParts } from '#actions/execute-action.ts';
import type { Blueprints } from '#catalog/blueprint-queries.ts';
import { checkEntity, checkEntityQueries } from '#catalog/check-entity.ts';
import { findEntities } from '#catalog/find-entities.ts';
import { readEntity } from '#catalog/read-entity.ts';
import { listSecrets, openSecrets } from '#organisation/secret-store.ts';
import type { Core } from '#platform/core.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { JqPool } from '#platform/jq/jq-pool.ts';
import type { RunBackend } from '#runs/backend.ts';

interface Given {
  readonly core: Core;
  readonly jq: JqPool;
  readonly secrets: SecretBox;
  readonly blueprints: Blueprints;
  readonly backends: readonly RunBackend[];
  readonly clientSecret: (orgId: string) => Promise<string>;
}

/** What executing actions asks of the catalog and of the organisation's secrets; pipelines execute them, too. */
export function buildActionParts({ core, blueprints, secrets, ...parts }: Given): ExecuteParts {
  const { db, clock } = core;
  return {
    ...parts,
    db,
    clock,
    secrets,
    blueprints,
    openSecrets: async (orgId) => openSecrets(db, secrets, orgId),
    secretNames: async (orgId) => (await listSecrets(db, orgId)).map(({ name }) => name),
    findEntities: async (actor, search) => findEntities({ db, clock, blueprints }, actor, search),
    knownNames: async (orgId, asked) => knownNames(db, orgId, asked),
    readEntity: async (...entity) => readEntity({ db, blueprints }, ...entity),
    passesCondition: async (actor, blueprint, identifier, query) =>
      checkEntity({ db, clock, blueprints }, actor, { blueprint, identifier }, query),
    passesConditions: async (...asked) => checkEntityQueries({ db, clock, blueprints }, ...asked),
  };
}
