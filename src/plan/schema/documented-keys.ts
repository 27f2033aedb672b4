import { z } from 'zod';

/** One key of a mapping, as the documentation and `--help` show it. */
export interface DocumentedKey {
  readonly name: string;
  /** The value if the user gives none. */
  readonly default?: string;
  /** In words (Markdown), what applies if there is no fixed default. */
  readonly otherwise?: string;
  readonly isRequired: boolean;
  readonly description: string;
  /** The description without what is only about workflows. */
  readonly inTerminal: string;
}

/** All keys of a mapping and of the mappings in it, `outer.inner`, or `outer[].inner` within a list. */
export function documentedKeys(schema: z.ZodObject, prefix = ''): DocumentedKey[] {
  return Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).flatMap(([key, value]) => {
    const name = prefix + key;
    const { description = '', otherwise, inWorkflow } = value.meta() ?? {};
    const isRequired = !(value instanceof z.ZodOptional) && !(value instanceof z.ZodDefault);
    const own = {
      name,
      isRequired,
      description: typeof inWorkflow === 'string' ? `${description} ${inWorkflow}` : description,
      inTerminal: description,
      ...(value instanceof z.ZodDefault && { default: String(value.def.defaultValue) }),
      ...(typeof otherwise === 'string' && { otherwise }),
    };
    const inner = value instanceof z.ZodOptional || value instanceof z.ZodDefault ? value.unwrap() : value;
    if (inner instanceof z.ZodObject) return [own, ...documentedKeys(inner, `${name}.`)];
    if (inner instanceof z.ZodArray && inner.element instanceof z.ZodObject) {
      return [own, ...documentedKeys(inner.element, `${name}[].`)];
    }
    return [own];
  });
}
