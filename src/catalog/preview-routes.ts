import Type, { type Static } from 'typebox';
import { authorize } from '#access/permissions.ts';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { notFound, problem } from '#platform/problem.ts';
import type { AggregationDefinition as Aggregation } from './blueprint-document.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { AggregationDefinition, BlueprintPath, MirrorDefinition } from './contract.ts';
import { type Draft, previewDerived } from './derived/preview-derived.ts';

const Body = Type.Object(
  {
    /** One of both. */
    mirror: Type.Optional(MirrorDefinition),
    aggregation: Type.Optional(AggregationDefinition),
    entity: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);

type Given = Static<typeof Body>;

function draftOf(mirror: Given['mirror'], aggregation: Given['aggregation']): Draft {
  if (aggregation !== undefined) return { kind: 'aggregation', definition: aggregation as Aggregation };
  if (mirror !== undefined) return { kind: 'mirror', path: mirror.path };
  const errors = [{ path: 'mirror', message: 'or "aggregation" is needed' }];
  throw problem('invalid', 'invalid_request', 'Send a "mirror" or an "aggregation".', { errors });
}

/** What a mirror or an aggregation would show, while it is being written. */
export function previewRoutes({ db, clock }: Core, blueprints: Blueprints): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/blueprints/:blueprint/previews',
      summary: 'What a mirror or an aggregation would give for some entities, without saving it',
      tag: 'Blueprints',
      access: 'known',
      request: { params: BlueprintPath, body: Body },
      async handle({ actor, params: { blueprint }, body }) {
        authorize(actor, 'blueprint.write', { blueprint });
        const { mirror, aggregation, entity } = body;
        const draft = draftOf(mirror, aggregation);
        const preview = await previewDerived({ db, blueprints, now: clock.now() }, actor, { blueprint, draft, entity });
        if (entity !== undefined && preview.values.length === 0) throw notFound('entity', entity, { blueprint });
        return ok(preview);
      },
    }),
  ];
}
