/**
 * How often a costly property is tried.
 * @param deep how often in `npm run test:deep`; a tenth of it in `npm test`
 */
export function runs(deep: number): number {
  return 'DEEP' in globalThis ? deep : deep / 10;
}
