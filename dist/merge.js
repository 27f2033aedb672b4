import { merge } from './programs/index.js';

await merge();
