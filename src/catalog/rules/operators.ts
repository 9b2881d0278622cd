import { sql } from 'kysely';
import { presetRange } from './instant.ts';
import {
  type OperandReader,
  readComparand,
  readEquality,
  readIdentifiers,
  readList,
  readNothing,
  readRange,
  readText,
} from './operands.ts';
import type { Dialect, Operand } from './rule.ts';
import { allOf, anyOf, type Comparison, type Condition, never, type Term, type TextPlace } from './term.ts';

export interface Setting {
  readonly dialect: Dialect;
  /** Whose relations are followed. Scorecards follow none. */
  readonly orgId?: string;
  readonly now: Date;
}

/** One way to ask. A negated operator is true exactly where its positive is not, also where nothing is there. */
export interface Operator {
  readonly operand: OperandReader;
  readonly negated?: true;
  holds(term: Term, operand: Operand, setting: Setting): Condition;
}

type Holds = Operator['holds'];

/** A single value equals; a list has it or, given a list, is it; null is emptiness; a range is asked as `between`. */
const isEqual: Holds = (term, operand, setting) => {
  if (operand.kind === 'scalar') return anyOf([term.among([operand.value]), term.shares([operand.value])]);
  if (operand.kind === 'list') return anyOf([term.among(operand.values), term.equalsList(operand.values)]);
  if (operand.kind === 'null') return isEmpty(term, operand, setting);
  return isBetween(term, operand, setting);
};

const isIn: Holds = (term, operand) =>
  operand.kind === 'list' ? anyOf([term.among(operand.values), term.shares(operand.values)]) : never;

/** Scorecards count blank values as empty, search does not. */
const isEmpty: Holds = (term, _, { dialect }) =>
  anyOf([term.missing, term.emptyList, ...(dialect === 'scorecard' ? [term.blank] : [])]);

/** Part of a text, or item of a list; scorecards read numbers as texts. */
const contains: Holds = (term, operand, { dialect }) =>
  operand.kind === 'text'
    ? anyOf([term.hasText('anywhere', operand.text, dialect === 'scorecard'), term.shares([operand.text])])
    : never;

function hasText(place: TextPlace): Holds {
  return (term, operand, { dialect }) =>
    operand.kind === 'text' ? term.hasText(place, operand.text, dialect === 'scorecard') : never;
}

function isCompared(comparison: Comparison): Holds {
  return (term, operand) => {
    if (operand.kind === 'number') return term.compareNumber(comparison, operand.number);
    return operand.kind === 'instant' ? term.compareInstant(comparison, operand.instant) : never;
  };
}

/** Both ends belong to it. */
const isBetween: Holds = (term, operand, { now }) => {
  const range = operand.kind === 'preset' ? presetRange(operand.preset, now) : operand;
  if (!('from' in range)) return never;
  return allOf([term.compareInstant('>=', range.from), term.compareInstant('<=', range.to)]);
};

const isExpired: Holds = (term, _, { now }) => term.compareInstant('<=', now.toISOString());
const isPending: Holds = (term, _, { now }) => term.compareInstant('>', now.toISOString());

const negated = true;

/** Every operator of the language. To add one, add its entry. */
const table: Readonly<Record<string, Operator>> = {
  '=': { operand: readEquality, holds: isEqual },
  '!=': { operand: readEquality, holds: isEqual, negated },
  in: { operand: readList, holds: isIn },
  notIn: { operand: readList, holds: isIn, negated },
  containsAny: { operand: readList, holds: isIn },
  contains: { operand: readText, holds: contains },
  doesNotContains: { operand: readText, holds: contains, negated },
  beginsWith: { operand: readText, holds: hasText('start') },
  doesNotBeginsWith: { operand: readText, holds: hasText('start'), negated },
  endsWith: { operand: readText, holds: hasText('end') },
  doesNotEndsWith: { operand: readText, holds: hasText('end'), negated },
  isEmpty: { operand: readNothing, holds: isEmpty },
  isNotEmpty: { operand: readNothing, holds: isEmpty, negated },
  '>': { operand: readComparand, holds: isCompared('>') },
  '>=': { operand: readComparand, holds: isCompared('>=') },
  '<': { operand: readComparand, holds: isCompared('<') },
  '<=': { operand: readComparand, holds: isCompared('<=') },
  between: { operand: readRange, holds: isBetween },
  notBetween: { operand: readRange, holds: isBetween, negated },
  isExpired: { operand: readNothing, holds: isExpired },
  isNotExpired: { operand: readNothing, holds: isPending },
  matchAny: { operand: readIdentifiers, holds: isIn },
  relatedTo: { operand: readIdentifiers, holds: isIn },
};

export const operatorNames: readonly string[] = Object.keys(table);

export function operatorOf(name: string): Operator | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The condition that a rule's operator puts to a term; never null. */
export function applyOperator(
  operator: Operator,
  { term, operand, not }: { readonly term: Term; readonly operand: Operand; readonly not: boolean },
  setting: Setting,
): Condition {
  const condition = operator.holds(term, operand, setting);
  return (operator.negated === true) === not ? condition : sql`(${condition}) is not true`;
}
