import Type from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { notFound } from '#platform/problem.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { BlueprintPath, PropertyDefinition } from './contract.ts';
import type { Derivation } from './derived/derive-entities.ts';
import { findEntity, listEntities } from './list-entities.ts';

const Body = Type.Object(
  {
    calculation: Type.String({ minLength: 1, maxLength: 20_000 }),
    type: PropertyDefinition.properties.type,
    /** The first of the blueprint unless named. */
    entity: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);

interface CalculationParts {
  readonly blueprints: Blueprints;
  readonly derivation: Pick<Derivation, 'testCalculation'>;
}

/** What an expression would give, while it is being written. */
export function calculationRoutes({ db }: Core, { blueprints, derivation }: CalculationParts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/blueprints/:blueprint/calculations/test',
      summary: 'What a jq expression gives over one entity, without saving it',
      tag: 'Blueprints',
      access: 'known',
      request: { params: BlueprintPath, body: Body },
      async handle({ actor, params, body }) {
        authorize(actor, 'blueprint.write', { blueprint: params.blueprint });
        const { document } = await blueprints.get(db, actor.orgId, params.blueprint);
        const row =
          body.entity === undefined
            ? (await listEntities(db, actor, params.blueprint, { after: null, limit: 1 }))[0]
            : (await findEntity({ db, blueprints }, actor, params.blueprint, body.entity)).row;
        if (row === undefined || row === null)
          throw notFound('entity', body.entity ?? '', { blueprint: params.blueprint });
        const tested = await derivation.testCalculation(body, document, row);
        return ok({ entity: { identifier: row.identifier, title: row.title }, ...tested });
      },
    }),
  ];
}
