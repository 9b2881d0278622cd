import { sql } from 'kysely';
import type { BoundNode, BoundRule, Place } from './bind-rules.ts';
import { jsonTerm } from './json-term.ts';
import { applyOperator, operatorOf, type Setting } from './operators.ts';
import { pathTerm, relatedTerm } from './relation-term.ts';
import type { MetaName } from './rule.ts';
import { allOf, always, anyOf, type Condition, instantTerm, listTerm, never, type Term, textTerm } from './term.ts';

/** Bound rules as a condition on a row `e`. Null counts as false. */
export function compileRules(node: BoundNode, setting: Setting): Condition {
  if (node === 'always') return always;
  if (node === 'never') return never;
  if (!('combinator' in node)) return compileRule(node, setting);
  const conditions = node.rules.map((rule) => compileRules(rule, setting));
  return node.combinator === 'and' ? allOf(conditions) : anyOf(conditions);
}

function compileRule(rule: BoundRule, setting: Setting): Condition {
  const operator = operatorOf(rule.operator);
  if (operator === undefined) throw new Error(`There is no operator ${rule.operator}`);
  return applyOperator(operator, { ...rule, term: termOf(rule.place, setting) }, setting);
}

const metaTerms: Readonly<Record<MetaName, Term>> = {
  $identifier: textTerm(sql`e.identifier`),
  $title: textTerm(sql`e.title`),
  $team: listTerm(sql`e.team`, { deep: false }),
  $icon: textTerm(sql`e.icon`),
  $blueprint: textTerm(sql`e.blueprint`),
  $createdAt: instantTerm(sql`e.created_at`),
  $createdBy: textTerm(sql`e.created_by`),
  $updatedAt: instantTerm(sql`e.updated_at`),
  $updatedBy: textTerm(sql`e.updated_by`),
  $datasource: textTerm(sql`e.datasource`),
};

export function termOf(place: Place, setting: Setting): Term {
  switch (place.kind) {
    case 'property':
      return jsonTerm(sql`e.properties`, place.key, place);
    case 'relation':
      return jsonTerm(sql`e.relations`, place.key, { instant: false });
    case 'meta':
      return metaTerms[place.name];
    case 'related-title':
      return listTerm(relatedTitles(place.relation), { deep: true });
    case 'related':
      return relatedTerm(place, organisationOf(setting));
    case 'path':
      return pathTerm(place, organisationOf(setting));
    case 'constant':
      return jsonTerm(sql`${JSON.stringify({ value: place.value })}::jsonb`, 'value', { instant: true });
    case 'level':
      return textTerm(sql`(e.scorecards -> ${place.scorecard}::text ->> 'level')`);
    case 'rule-status':
      return textTerm(sql`(
        select item ->> 'status' from jsonb_array_elements(e.scorecards -> ${place.scorecard}::text -> 'rules') as item
        where item ->> 'identifier' = ${place.rule} limit 1)`);
  }
}

function organisationOf({ orgId }: Setting): string {
  if (orgId === undefined) throw new Error('Relations are followed within an organisation');
  return orgId;
}

function relatedTitles(relation: string): Condition {
  return sql`array(
    select target.title from entity_relation r
    join entity target on target.org_id = r.org_id and target.blueprint = r.target_blueprint
      and target.identifier = r.target
    where r.org_id = e.org_id and r.blueprint = e.blueprint and r.identifier = e.identifier
      and r.relation = ${relation})`;
}
