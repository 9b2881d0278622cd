import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestProblem } from '../../api/problem.ts';
import {
  definitionAt,
  emptyBlueprint,
  faultAt,
  faultsOf,
  fieldKinds,
  fieldsOf,
  freeKey,
  keyFrom,
  nameOf,
  pathOf,
  readName,
  renamedField,
  requiredOf,
  takenKeys,
  withField,
  withRequired,
} from './blueprint-edits.ts';
import { asKind, kindOf, propertyKinds, storedType } from './property-kinds.ts';

const tier = { kind: 'property', key: 'tier' } as const;
const draft = withRequired(withField(emptyBlueprint, tier, { type: 'string' }), 'tier', true);

describe('a blueprint draft', () => {
  it('keeps order and what is required when a key changes, and forgets it with the field', () => {
    const two = withField(draft, { kind: 'property', key: 'lang' }, { type: 'string' });
    const renamed = renamedField(two, tier, 'level');
    expect(fieldsOf(renamed, 'property').map(({ key }) => key)).toEqual(['level', 'lang']);
    expect(requiredOf(renamed)).toEqual(['level']);
    expect(requiredOf(withField(draft, tier, undefined))).toEqual([]);
  });

  it('names every field once, whatever its kind', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const fields = fc.array(fc.record({ kind: fc.constantFrom(...fieldKinds), key }), { maxLength: 12 });
    fc.assert(
      fc.property(fields, (added) => {
        const made = added.reduce((before, { kind, key: wanted }) => {
          const free = { kind, key: freeKey(before, wanted) };
          expect(takenKeys(before).has(free.key)).toBe(false);
          return withField(before, free, {});
        }, emptyBlueprint);
        expect(takenKeys(made).size).toBe(added.length);
        for (const kind of fieldKinds)
          for (const field of fieldsOf(made, kind)) {
            expect(readName(nameOf(field))).toEqual(field);
            expect(definitionAt(made, field)).toEqual({});
          }
      }),
    );
  });

  it.each([
    ['Owning Team', 'owningTeam'],
    ['SLO (%)', 'slo'],
    ['  crème brûlée ', 'cremeBrulee'],
    ['服务', ''],
  ])('makes a key of %j', (title, key) => {
    expect(keyFrom(title)).toBe(key);
  });

  it.each([undefined, '', 'colour.x', 'property'])('reads no field from %j', (name) => {
    expect(readName(name)).toBeUndefined();
  });
});

describe('kinds of properties', () => {
  it.each(propertyKinds.filter(({ id }) => id !== 'other').map((kind) => [kind.id, kind] as const))(
    '%s is told from the others by what it starts as',
    (id, kind) => {
      expect(kindOf(kind.starts).id).toBe(id);
      expect(kindOf(asKind({ type: 'number', minimum: 1, title: 'T' }, kind)).id).toBe(id);
    },
  );

  it('share a stored type only where values stay what they are', () => {
    expect(storedType({ type: 'string', format: 'url' })).toBe(storedType({ type: 'string', enum: ['a'] }));
    expect(storedType({ type: 'array', items: { type: 'number' } })).not.toBe(
      storedType({ type: 'array', items: { type: 'string' } }),
    );
  });
});

describe('a refusal', () => {
  const refusal = (code: string, details: Record<string, unknown>) =>
    faultsOf(new RequestProblem({ status: 422, code, message: 'No.', details }));

  it('stands at the value it is about', () => {
    const faults = refusal('invalid_request', {
      errors: [{ path: 'schema.properties.tier.pattern', message: 'is not a usable pattern' }],
    });
    expect(faultAt(faults, pathOf(tier))).toBe('is not a usable pattern');
    expect(faultAt(faults, pathOf({ kind: 'property', key: 'other' }))).toBeUndefined();
    expect(faultAt(refusal('property_type_change', { property: 'tier.items' }), pathOf(tier))).toBe('No.');
    expect(refusal('has_dependents', {})).toEqual([]);
  });
});
