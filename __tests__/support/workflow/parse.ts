import { readFile } from 'node:fs/promises';
import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
  type WorkflowTemplate,
} from '@actions/workflow-parser';
import type { Job, Step } from '@actions/workflow-parser/model/workflow-template';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';

/** A workflow as GitHub parses it. */
export interface Workflow {
  readonly jobs: readonly WorkflowJob[];
  /** Defaults of the inputs of a reusable workflow, by name. */
  readonly defaults: Readonly<Record<string, string | number | boolean>>;
}

export interface WorkflowJob extends Omit<Job, 'type' | 'steps'> {
  /** Undefined if the job uses a reusable workflow. */
  readonly steps: readonly WorkflowStep[] | undefined;
}

/** The model of a step has no inputs. */
export type WorkflowStep = Step & { readonly with?: TemplateToken };

export async function readWorkflow(path: string): Promise<Workflow> {
  return parseWorkflowText(await readFile(path, 'utf8'));
}

/** @throws {Error} with every problem */
export async function parseWorkflowText(content: string): Promise<Workflow> {
  const { context, value } = parseWorkflow({ name: 'workflow.yml', content }, new NoOperationTraceWriter());
  const errors = () => context.errors.getErrors().map(({ message }) => message);
  if (!value || errors().length > 0) throw new Error(errors().join('\n'));
  const { events, jobs }: WorkflowTemplate = await convertWorkflowTemplate(context, value);
  if (errors().length > 0) throw new Error(errors().join('\n'));
  const raw = child(value, 'jobs');
  return {
    jobs: jobs.map((job) => {
      if (job.type !== 'job') return { ...job, steps: undefined };
      const steps = raw && child(raw, job.id.value, 'steps')?.assertSequence('steps');
      return {
        ...job,
        steps: job.steps.map((step, index) => {
          const inputs = steps && child(steps.get(index), 'with');
          return { ...step, ...(inputs && { with: inputs }) };
        }),
      };
    }),
    defaults: Object.fromEntries(
      Object.entries(events.workflow_call?.inputs ?? {}).map(([name, { type, default: standard }]) => [
        name,
        standard ?? ((type as string) === 'boolean' ? false : ''),
      ]),
    ),
  };
}

/** The value at the end of a path of keys. */
function child(token: TemplateToken, ...path: readonly string[]): TemplateToken | undefined {
  return path.reduce<TemplateToken | undefined>(
    (parent, key) => parent?.assertMapping('mapping').find(key) ?? undefined,
    token,
  );
}
