/** The gate lets a server through that it must not, or says the wrong thing about it: no verdict of it counts. */
export class SelfTestFailed extends Error {
  override readonly name = 'SelfTestFailed';
}
