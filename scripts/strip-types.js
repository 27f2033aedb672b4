import { stripTypeScriptTypes } from 'node:module';

/** A jest transformer: Node removes the types, and `npm run typecheck` checks them. */
export default {
  process: (source, path) => ({
    code: stripTypeScriptTypes(source, { mode: 'transform', sourceMap: true, sourceUrl: path }),
  }),
};
