import { jsonEqual, type JsonObject } from '#platform/json.ts';
import { problem, type Problem } from '#platform/problem.ts';
import { type BlueprintDefinition, definitionOf, type PropertyDefinition } from '../blueprint-document.ts';

/** The blueprints whose entities are the people and the teams of an organisation. */
export type PeopleBlueprint = '_user' | '_team';

const nothing = { mirrorProperties: {}, calculationProperties: {}, aggregationProperties: {}, relations: {} };

const structures: Readonly<Record<PeopleBlueprint, BlueprintDefinition>> = {
  _user: {
    title: 'User',
    icon: 'User',
    schema: {
      properties: {
        status: {
          type: 'string',
          title: 'Status',
          enum: ['Active', 'Disabled', 'Invited', 'Staged'],
          enumColors: { Active: 'green', Disabled: 'lightGray', Invited: 'turquoise', Staged: 'yellow' },
        },
        port_role: {
          type: 'string',
          title: 'Role',
          enum: ['Admin', 'Moderator', 'Member'],
          enumColors: { Admin: 'purple', Moderator: 'blue', Member: 'lightGray' },
        },
        port_type: { type: 'string', title: 'Type', enum: ['Standard', 'Service Account'] },
        moderated_blueprints: {
          type: 'array',
          title: 'Moderated blueprints',
          items: { type: 'string', format: 'blueprints' },
        },
      },
      required: [],
    },
    ...nothing,
  },
  _team: {
    title: 'Team',
    icon: 'Team',
    schema: {
      properties: {
        description: { type: 'string', title: 'Description' },
        size: { type: 'number', title: 'Members' },
      },
      required: [],
    },
    ...nothing,
  },
};

export const peopleBlueprints: readonly PeopleBlueprint[] = ['_team', '_user'];

export function isPeopleBlueprint(identifier: string): identifier is PeopleBlueprint {
  return Object.hasOwn(structures, identifier);
}

/** What of a system blueprint is ours; null for every other. */
export function structureOf(identifier: string): BlueprintDefinition | null {
  return isPeopleBlueprint(identifier) ? structures[identifier] : null;
}

/** Whether the key is filled in here and not by whoever extends the blueprint. */
export function isStructureKey(identifier: string, key: string): boolean {
  const structure = structureOf(identifier);
  return structure !== null && definitionOf(structure.schema.properties, key) !== undefined;
}

const meaning = ['type', 'format', 'enum', 'items'] as const;

/** System blueprints are extended; what they are made of stays. */
export function assertKeepsStructure(identifier: string, next: BlueprintDefinition): void {
  const structure = structureOf(identifier);
  if (structure === null) return;
  for (const [key, definition] of Object.entries(structure.schema.properties)) {
    const given = definitionOf(next.schema.properties, key);
    if (given === undefined)
      throw protectedPart(
        identifier,
        `Property "${key}" of "${identifier}" belongs to the system and cannot be removed.`,
      );
    if (!jsonEqual(meaningOf(given), meaningOf(definition))) {
      throw protectedPart(
        identifier,
        `Property "${key}" of "${identifier}" belongs to the system and cannot be changed.`,
      );
    }
    if (next.schema.required.includes(key)) {
      throw protectedPart(
        identifier,
        `Property "${key}" of "${identifier}" belongs to the system and cannot be required.`,
      );
    }
  }
  if (next.ownership?.type === 'Inherited' || next.teamInheritance !== undefined) {
    throw protectedPart(identifier, `The teams of "${identifier}" are memberships and cannot be inherited.`);
  }
}

function meaningOf(definition: PropertyDefinition): JsonObject {
  return Object.fromEntries(meaning.map((key) => [key, definition[key] ?? null]));
}

export function refuseProtected(identifier: string, what: string): void {
  if (isPeopleBlueprint(identifier))
    throw protectedPart(identifier, `Blueprint "${identifier}" belongs to the system: ${what}.`);
}

function protectedPart(blueprint: string, message: string): Problem {
  return problem('invalid', 'protected_blueprint_violation', message, { resource: 'blueprint', blueprint });
}
