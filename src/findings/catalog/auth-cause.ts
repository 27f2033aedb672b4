import { REPLY, type Cause, type Reproduction } from './entry.js';

/** Constructors for causes of a rejected AUTH. */

export type Causes = Readonly<Record<string, Cause>>;

export const SIGN_IN: Reproduction = { command: 'sign-in', shows: REPLY };

export const server = (title: string, remedy: Cause['remedy'], more: Partial<Cause> = {}): Cause => ({
  ...{ title, party: 'server', certainty: 'likely', remedy, reproduce: SIGN_IN },
  ...more,
});

export const configuration = (title: string, remedy: Cause['remedy'], more: Partial<Cause> = {}): Cause =>
  server(title, remedy, { party: 'configuration', ...more });
