import { OF_ANY_STEP } from './exhibits/any-step.js';
import { OF_STEP_4 } from './exhibits/authentication.js';
import { OF_STEP_1 } from './exhibits/capability.js';
import { OF_STEP_3 } from './exhibits/certificate.js';
import { OF_CONNECTING } from './exhibits/connecting.js';
import { OF_STEP_5 } from './exhibits/delivery.js';
import type { Exhibits } from './exhibits/exhibit.js';
import { OF_RUN } from './exhibits/run.js';
import { OF_STEP_2 } from './exhibits/upgrade.js';

export type { Exhibit } from './exhibits/exhibit.js';

/** An exhibit for every finding that there is, in the order of the catalogue. */
export const EXHIBITS: Exhibits = {
  ...OF_ANY_STEP,
  ...OF_CONNECTING,
  ...OF_STEP_1,
  ...OF_STEP_2,
  ...OF_STEP_3,
  ...OF_STEP_4,
  ...OF_STEP_5,
  ...OF_RUN,
};
