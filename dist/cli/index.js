import { cli } from '../programs/index.js';

await cli();
