import { mkdir, readFile, symlink } from 'node:fs/promises';
import { basename, join, matchesGlob, resolve } from 'node:path';
import { createRunner, type Runner, type StepEnded } from '../runner.js';
import { evaluate, textOf, type Contexts } from './evaluate.js';
import type { Workflow, WorkflowJob } from './parse.js';

/** What the caller of a reusable workflow and its repository contain. */
export interface Call {
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** The files that a checkout of the caller's repository has. */
  readonly files: Readonly<Record<string, string>>;
}

/** A job that has run: one for each combination of its matrix. */
export interface JobEnded {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly result: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
  /** The steps that ran a program, by their names. */
  readonly steps: ReadonlyMap<string, StepEnded>;
}

/** This repository, and the commit of the workflow, as the runner knows them. */
const SELF = { workflow_repository: 'owner/starttls-gate', workflow_sha: 'f'.repeat(40) };
const RUN_ID = '4711';

/** One run of a reusable workflow, with all its attempts. */
export class WorkflowRun {
  /** The files of each artifact, by its name. */
  readonly artifacts = new Map<string, Map<string, Buffer>>();
  readonly #workflow: Workflow;
  readonly #call: Call;
  #attempt = 0;
  /** The last run of each job. */
  #jobs: readonly JobEnded[] = [];

  constructor(workflow: Workflow, call: Call) {
    this.#workflow = workflow;
    this.#call = call;
  }

  /**
   * Runs the workflow, or those jobs again that a person chooses, and all that need them. Jobs run one after the other.
   * @param isAgain whether a job runs again that has run before
   */
  async run(isAgain: (job: JobEnded) => boolean = () => true): Promise<readonly JobEnded[]> {
    this.#attempt += 1;
    const ended: JobEnded[] = [];
    for (const job of this.#workflow.jobs) {
      const needs = (job.needs ?? []).map(({ value }) => value);
      const needed = ended.filter(({ id }) => needs.includes(id));
      const contexts = { ...this.#contexts(), needs: needsContext(needed) };
      const isNeededAgain = needed.some(({ attempt }) => attempt === this.#attempt);
      const success = needed.every(({ result }) => result === 'success');
      if (evaluate(job.if, contexts, { success }) !== true) {
        ended.push(this.#ended(job, job.id.value, 'skipped'));
        continue;
      }
      for (const combination of combinations(job, contexts)) {
        const all = { ...contexts, ...combination };
        const name = textOf(job.name ? evaluate(job.name, all) : job.id.value);
        const before = this.#jobs.find((one) => one.id === job.id.value && one.name === name);
        ended.push(before && !isNeededAgain && !isAgain(before) ? before : await this.#runJob(job, name, all));
      }
    }
    this.#jobs = ended;
    return ended;
  }

  #contexts(): Contexts {
    const { inputs, secrets = {} } = this.#call;
    return {
      github: { run_id: RUN_ID, run_attempt: String(this.#attempt) },
      inputs: { ...this.#workflow.defaults, ...inputs },
      secrets,
    };
  }

  #ended(job: WorkflowJob, name: string, result: JobEnded['result']): JobEnded {
    return { id: job.id.value, name, attempt: this.#attempt, result, outputs: {}, steps: new Map() };
  }

  async #runJob(job: WorkflowJob, name: string, contexts: Contexts): Promise<JobEnded> {
    await using runner = await createRunner();
    const programs = new Map<string, StepEnded>();
    const steps: Record<string, { outputs: StepEnded['outputs'] }> = {};
    let variables: Record<string, string> = {};
    let success = true;
    const all = () => ({ ...contexts, steps, runner: { temp: runner.temp }, job: SELF, env: variables });
    if (!job.steps) throw new Error(`The job ${job.id.value} has no steps of its own`);
    for (const step of job.steps) {
      if (!('run' in step || 'uses' in step)) throw new Error('A step of this kind is not supported');
      if (evaluate(step.if, all(), { success }) !== true) continue;
      const part = {
        runner,
        inputs: texts(step.with ? evaluate(step.with, all()) : {}),
        env: {
          ...variables,
          ...texts(step.env ? evaluate(step.env, all()) : {}),
          ...{ GITHUB_RUN_ID: RUN_ID, GITHUB_RUN_ATTEMPT: String(this.#attempt) },
        },
      };
      const ended = await ('run' in step
        ? runner.shell(textOf(evaluate(step.run, all())), part.env)
        : this.#use(step.uses.value, part));
      if (!ended) continue;
      programs.set(textOf(step.name ? evaluate(step.name, all()) : step.id), ended);
      steps[step.id] = { outputs: ended.outputs };
      variables = { ...variables, ...ended.variables };
      success &&= ended.code === 0;
    }
    const outputs = texts(job.outputs ? evaluate(job.outputs, all()) : {});
    return { ...this.#ended(job, name, success ? 'success' : 'failure'), outputs, steps: programs };
  }

  /** @returns nothing for an action of GitHub, which succeeds or throws */
  async #use(uses: string, step: StepOfJob): Promise<StepEnded | undefined> {
    const { runner, inputs, env } = step;
    if (uses.startsWith('./')) return runner.run(inputs, env, undefined, { action: join(runner.workspace, uses) });
    if (uses.startsWith('actions/checkout@')) await this.#checkout(step);
    else if (uses.startsWith('actions/upload-artifact@')) await this.#upload(step);
    else if (uses.startsWith('actions/download-artifact@')) await this.#download(step);
    else throw new Error(`The test has no ${uses}`);
    return undefined;
  }

  /** The caller's repository, or the folders of this one, as a sparse checkout has them. */
  async #checkout({ runner, inputs }: StepOfJob): Promise<void> {
    const { repository, ref, path = '.', 'sparse-checkout': folders = '' } = inputs;
    if (repository === undefined) {
      for (const [file, text] of Object.entries(this.#call.files)) await runner.write(file, text);
      return;
    }
    if (repository !== SELF.workflow_repository || ref !== SELF.workflow_sha) {
      throw new Error(`A checkout of ${repository} at ${ref ?? 'its default branch'}`);
    }
    const home = join(runner.workspace, path);
    await mkdir(home);
    const present = ['action.yml', ...folders.split('\n').filter((line) => line !== '')];
    await Promise.all(present.map((name) => symlink(resolve(name), join(home, name))));
  }

  async #upload({ inputs }: StepOfJob): Promise<void> {
    const { name = '', path = '' } = inputs;
    if (this.artifacts.has(name)) throw new Error(`There is already an artifact ${name}`);
    this.artifacts.set(name, new Map([[basename(path), await readFile(path)]]));
  }

  async #download({ runner, inputs }: StepOfJob): Promise<void> {
    const { pattern = '', path = '' } = inputs;
    for (const [name, files] of this.artifacts) {
      if (!matchesGlob(name, pattern)) continue;
      for (const [file, content] of files) await runner.write(join(path, name, file), content.toString());
    }
  }
}

interface StepOfJob {
  readonly runner: Runner;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** The contexts `matrix` of all jobs of a matrix without include and exclude. */
function combinations({ strategy }: WorkflowJob, contexts: Contexts): Contexts[] {
  if (!strategy) return [{}];
  const { matrix } = evaluate(strategy, contexts) as { matrix: Readonly<Record<string, readonly unknown[]>> };
  return Object.entries(matrix)
    .reduce<Record<string, unknown>[]>(
      (found, [key, values]) => found.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
      [{}],
    )
    .map((one) => ({ matrix: one }));
}

function needsContext(jobs: readonly JobEnded[]): Contexts {
  const needs: Record<string, { result: string; outputs: JobEnded['outputs'] }> = {};
  for (const { id, result, outputs } of jobs) {
    const before = needs[id]?.result;
    needs[id] = { result: before === undefined || before === 'success' ? result : before, outputs };
  }
  return needs;
}

function texts(values: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(values as object).map(([name, value]) => [name, textOf(value)]));
}
