import { notTested } from '../output/annotations.js';
import { publishNotTested, type NotTested, type PublishContext } from '../runner/publish.js';
import { error } from '../runner/toolkit.js';

/** Fails the job without a verdict. Returns the exit code. */
export async function refuse(reason: NotTested, context: PublishContext): Promise<number> {
  reason.problems.forEach((problem) => {
    context.log.info(problem);
  });
  await publishNotTested(reason, context);
  error(notTested(reason.why, reason.problems, reason.program));
  return 1;
}
