import { OF_ANY_STEP } from './finding-examples/any-step.js';
import { OF_STEP_4 } from './finding-examples/authentication.js';
import { OF_STEP_1 } from './finding-examples/capability.js';
import { OF_STEP_3 } from './finding-examples/certificate.js';
import { OF_CONNECTING } from './finding-examples/connecting.js';
import { OF_STEP_5 } from './finding-examples/delivery.js';
import type { FindingExamples } from './finding-examples/finding-example.js';
import { OF_MX } from './finding-examples/mx.js';
import { OF_RUN } from './finding-examples/run.js';
import { OF_STEP_2 } from './finding-examples/upgrade.js';

export type { FindingExample } from './finding-examples/finding-example.js';

/** An example for every finding, in the order of the catalog. */
export const FINDING_EXAMPLES: FindingExamples = {
  ...OF_ANY_STEP,
  ...OF_CONNECTING,
  ...OF_MX,
  ...OF_STEP_1,
  ...OF_STEP_2,
  ...OF_STEP_3,
  ...OF_STEP_4,
  ...OF_STEP_5,
  ...OF_RUN,
};
