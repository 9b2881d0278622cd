import Type from 'typebox';
import { etag, ok, route, type Route } from '#platform/http/route.ts';
import { blueprintEventHead } from './blueprint-events.ts';
import type { Blueprints } from './blueprint-queries.ts';
import { keyPattern } from './contract.ts';
import { type KeyKind, renameBlueprintKey } from './rename-blueprint-key.ts';

const KeyPath = Type.Object({ blueprint: Type.String({ minLength: 1 }), key: Type.String({ minLength: 1 }) });
const NewKey = Type.String({ pattern: keyPattern, maxLength: 100 });

/** Each kind of key has its place in the path and its field in the body. */
const forms: readonly { readonly kind: KeyKind; readonly segment: string; readonly field: string }[] = [
  { kind: 'property', segment: 'properties', field: 'newPropertyName' },
  { kind: 'mirror', segment: 'mirror', field: 'newMirrorName' },
  { kind: 'relation', segment: 'relations', field: 'newRelationIdentifier' },
];

export function renameRoutes(blueprints: Blueprints): readonly Route[] {
  const command = renameBlueprintKey(blueprints);
  return forms.map(({ kind, segment, field }) =>
    route({
      method: 'PATCH',
      path: `/v1/blueprints/:blueprint/${segment}/:key/rename`,
      summary: `Give a ${kind} of a blueprint another key; the values of entities follow`,
      tag: 'Blueprints',
      access: 'known',
      request: {
        params: KeyPath,
        body: Type.Unsafe<Readonly<Record<string, string>>>(
          Type.Object({ [field]: NewKey }, { additionalProperties: false }),
        ),
      },
      async handle({ params, body, expectedVersion, execute }) {
        const { blueprint, key } = params;
        const input = { blueprint, kind, from: key, to: body[field] ?? key, expectedVersion };
        const changed = await execute(command, input, {
          describeRefusal: () => blueprintEventHead('updated', blueprint),
        });
        return ok({ blueprint: changed.document }, etag(changed.version));
      },
    }),
  );
}
