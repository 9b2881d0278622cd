import { useQuery } from '@tanstack/react-query';
import { EntityField } from '../../actions/entity-field.tsx';
import type { Relation } from '../../api/wire.ts';
import { helpBelow } from '../../ui/field-layout.ts';
import { blueprintsQuery } from '../api.ts';

interface RelationFieldProps {
  readonly name: string;
  readonly relation: Relation;
  readonly value: unknown;
  readonly error: string | undefined;
  readonly onChange: (value: unknown) => void;
}

/** One or many entities of the relation's target, searched for on the server. */
export function RelationField({ name, relation, value, error, onChange }: RelationFieldProps) {
  const { data: blueprints = [] } = useQuery(blueprintsQuery);
  const target = blueprints.find((one) => one.identifier === relation.target)?.title ?? relation.target;
  const title = relation.title ?? name;
  return (
    <EntityField
      input={{ type: relation.many === true ? 'array' : 'string' }}
      blueprint={relation.target}
      multiple={relation.many === true}
      value={value}
      common={{
        name: `relation-${name}`,
        label: title === target ? title : `${title} (${target})`,
        description: relation.description,
        withAsterisk: relation.required === true,
        error,
        inputWrapperOrder: helpBelow,
      }}
      onChange={onChange}
    />
  );
}
