/**
 * How often an expensive property is tested, or how large an input is.
 * @param deep the number in `npm run test:deep`; a tenth of it in `npm test`
 */
export function runs(deep: number): number {
  return 'DEEP' in globalThis ? deep : deep / 10;
}
