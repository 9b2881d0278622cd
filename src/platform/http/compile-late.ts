import type { Ajv, AnySchema, ErrorObject, ValidateFunction } from 'ajv';

interface LateValidator {
  (data: unknown): boolean;
  errors?: ErrorObject[] | null;
}

/** Compiles a schema with the first value it is asked about: a start would spend a third of a second on all routes. */
export function compileLate(ajv: Ajv, schema: unknown): LateValidator {
  let compiled: ValidateFunction | undefined;
  const validate: LateValidator = (data) => {
    compiled ??= ajv.compile(schema as AnySchema);
    const valid = compiled(data) as boolean;
    validate.errors = compiled.errors ?? null;
    return valid;
  };
  return validate;
}
