import { action } from './programs/index.js';

await action();
