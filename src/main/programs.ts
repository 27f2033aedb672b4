/*
 * The programs of this repository, which share one bundle. The file of each in dist/ calls its function here, so code is
 * loaded only by the programs that use it.
 */

export const action = (): Promise<unknown> => import('./action.js');
export const cli = (): Promise<unknown> => import('./cli.js');
export const merge = (): Promise<unknown> => import('./merge.js');
