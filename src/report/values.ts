/** The five steps, in order. */
export const STEP_IDS = ['capability', 'upgrade', 'certificate', 'authentication', 'delivery'] as const;

/** From best to worst. */
export const RESULTS = ['pass', 'warn', 'inconclusive', 'fail'] as const;

/** Who has to act on a finding. */
export const PARTIES = ['server', 'certificate-authority', 'network', 'inbox', 'configuration', 'gate'] as const;

/** What makes the gate fail. */
export const FAIL_ON = ['fail', 'warn', 'never'] as const;

/** What an inconclusive result counts as. */
export const ON_INCONCLUSIVE = ['fail', 'warn'] as const;

export const SCHEMA_VERSION = 1;

/** A test compares the version with `package.json`. */
export const TOOL = { name: 'starttls-gate', version: '1.0.0' } as const;
