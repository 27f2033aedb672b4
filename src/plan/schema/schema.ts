import { z } from 'zod';
import { endpointShape, defaultsShape } from './endpoint-keys.js';
import { mapping } from './fields.js';
import { inputShape, OUTPUTS } from './input-keys.js';
import { defaultsViolations, endpointViolations, inheritableViolations, type Violation } from './rules.js';

export type { EndpointSettings } from './endpoint-keys.js';
export type { InputSettings } from './input-keys.js';
export { OUTPUTS };

/** Adds rules that concern several keys. They run even if a value is wrong, so all errors are reported at once. */
const withRules = <T extends z.ZodObject>(schema: T, violations: (value: z.output<T>) => Iterable<Violation>): T =>
  schema.superRefine(
    (value, context) => {
      for (const { message, ...params } of violations(value)) context.addIssue({ code: 'custom', message, params });
    },
    { when: ({ value }) => typeof value === 'object' && value !== null },
  );

export const inputSchema = mapping(inputShape);

/** The part of an endpoint mapping that the inputs give. */
export const inheritableSchema = withRules(
  mapping({ auth: endpointShape.auth, delivery: endpointShape.delivery }),
  inheritableViolations,
);

/** An endpoint mapping, merged with the defaults and the inputs. */
export const endpointSchema = withRules(mapping(endpointShape), endpointViolations);

/** What the name of an endpoint depends on. */
export const serverSchema = z.object({
  host: endpointShape.host,
  mx: endpointShape.mx,
  port: endpointShape.port,
  transport: endpointShape.transport,
});

/** The `defaults` of a file: an endpoint mapping without `host` or `mx`, in which nothing is required. */
export const defaultsSchema = withRules(mapping(defaultsShape), defaultsViolations);

/** The `config` file. Its defaults and its endpoints are checked separately. */
export const configSchema = mapping({
  defaults: z.unknown().optional(),
  endpoints: z.array(z.unknown(), 'must be a list of endpoints').min(1, 'is an empty list'),
});

export type InputName = keyof typeof inputShape;
export type OutputName = keyof typeof OUTPUTS;

export const INPUT_NAMES = Object.keys(inputShape) as InputName[];
