import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** The part of GitHub's schema for issue forms that is used here. GitHub ignores an invalid form. */
const FORM = z.strictObject({
  name: z.string(),
  description: z.string(),
  labels: z.array(z.string()),
  body: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('markdown'), attributes: z.strictObject({ value: z.string() }) }),
      z.strictObject({
        type: z.enum(['input', 'textarea', 'dropdown']),
        id: z.string(),
        attributes: z.strictObject({
          label: z.string(),
          description: z.string().optional(),
          render: z.string().optional(),
          options: z.array(z.string()).optional(),
        }),
        validations: z.strictObject({ required: z.boolean() }).optional(),
      }),
    ]),
  ),
});

const FOLDER = '.github/ISSUE_TEMPLATE';

test.each(readdirSync(FOLDER))('%s is a valid issue form', (name) => {
  const { body } = FORM.parse(parse(readFileSync(`${FOLDER}/${name}`, 'utf8')));
  const ids = body.flatMap((field) => ('id' in field ? [field.id] : []));
  expect(new Set(ids).size).toBe(ids.length);
  expect(body.filter(({ type }) => type !== 'markdown').length).toBeGreaterThan(0);
});
