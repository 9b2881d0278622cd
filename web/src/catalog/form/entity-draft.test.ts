import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestProblem } from '../../api/problem.ts';
import type { Blueprint, Entity } from '../../api/wire.ts';
import {
  changeBody,
  creationBody,
  documentOf,
  draftOf,
  fromDocument,
  isEntityDocument,
  newDraft,
} from './entity-draft.ts';
import { entityErrors } from './entity-errors.ts';

const blueprint: Blueprint = {
  identifier: 'service',
  title: 'Service',
  schema: {
    properties: {
      tier: { type: 'string', default: '2' },
      tags: { type: 'array', items: { type: 'string' } },
      public: { type: 'boolean', default: false },
    },
    required: ['tier'],
  },
  mirrorProperties: { domain: { path: 'system.title' } },
  calculationProperties: {},
  aggregationProperties: {},
  relations: { system: { target: 'system' }, dependsOn: { target: 'service', many: true } },
  createdAt: '',
  updatedAt: '',
};

const entity: Entity = {
  identifier: 'checkout',
  title: 'Checkout',
  blueprint: 'service',
  team: ['payments'],
  properties: { tier: '1', tags: [], domain: 'Payments', gone: 'from an older blueprint' },
  relations: { system: 'shop', dependsOn: ['ledger'] },
  createdAt: '',
  createdBy: '',
  updatedAt: '',
  updatedBy: '',
};

describe('a draft', () => {
  it('holds what people wrote, not what is computed or hidden', () => {
    expect(draftOf(entity, blueprint).properties).toEqual({ tier: '1' });
  });

  it('begins with defaults, and sends null for one that was cleared', () => {
    const draft = newDraft(blueprint);
    expect(draft.properties).toEqual({ tier: '2', public: false });
    expect(creationBody({ ...draft, properties: { public: true } }, blueprint)).toEqual({
      properties: { tier: null, public: true },
      relations: {},
    });
  });

  it('sends only what changed, and null for what was taken away', () => {
    const before = draftOf(entity, blueprint);
    const after = { ...before, title: ' ', properties: { tags: ['a'] }, relations: { dependsOn: ['ledger', 'mail'] } };
    expect(changeBody(before, after)).toEqual({
      title: null,
      properties: { tier: null, tags: ['a'] },
      relations: { system: null, dependsOn: ['ledger', 'mail'] },
    });
    expect(changeBody(before, before)).toEqual({});
  });

  it('says the same as a JSON document', () => {
    const text = fc.string({ minLength: 1 });
    const drafts = fc.record({
      identifier: fc.string(),
      title: fc.string(),
      icon: fc.string(),
      team: fc.array(text),
      properties: fc.dictionary(text, fc.oneof(text, fc.boolean(), fc.integer())),
      relations: fc.dictionary(text, fc.oneof(text, fc.array(text, { minLength: 1 }))),
    });
    fc.assert(
      fc.property(drafts, (draft) => {
        const document: unknown = JSON.parse(JSON.stringify(documentOf(draft, blueprint)));
        expect(isEntityDocument(document)).toBe(true);
        expect(fromDocument(document)).toEqual({ ...draft, properties: { ...draft.properties } });
      }),
    );
  });

  it.each([null, 3, [], { properties: [] }, { title: 3 }, { relations: { a: 3 } }, { team: [1] }])(
    'is not %j',
    (document) => {
      expect(isEntityDocument(document)).toBe(false);
    },
  );
});

describe('a refusal stands at its field', () => {
  const refusal = (code: string, details: Record<string, unknown>) =>
    entityErrors(new RequestProblem({ status: 422, code, message: 'No.', details }));

  it.each([
    [
      'blueprint_schema_mismatch',
      { errors: [{ property: 'tier', path: '', message: 'is required' }] },
      'properties.tier',
    ],
    ['invalid_request', { errors: [{ path: 'identifier', message: 'is odd' }] }, 'identifier'],
    ['required_relation', { relation: 'system' }, 'relations.system'],
    ['not_found', { resource: 'entity', relation: 'dependsOn' }, 'relations.dependsOn'],
    ['identifier_taken', { identifier: 'checkout' }, 'identifier'],
    ['inherited_ownership_enabled', {}, 'team'],
  ])('%s %j at %s', (code, details, place) => {
    expect(Object.keys(refusal(code, details))).toEqual([place]);
  });

  it('and nothing that is about the whole', () => {
    expect(refusal('rate_limited', {})).toEqual({});
    expect(entityErrors(new Error('broken'))).toEqual({});
  });
});
