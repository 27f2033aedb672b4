import type { Credentials, Plan } from '../../src/plan/endpoint.js';
import { loadPlan, type PlanContext } from '../../src/plan/plan.js';
import { ConfigurationError } from '../../src/plan/source/problem.js';

/** Two certificates that are only parsed. */
export const ANCHOR_A = `-----BEGIN CERTIFICATE-----
MIIBfDCCASOgAwIBAgIUM7FQ1AU8tG0GK9k3fQHf6YTAingwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIQW5jaG9yIEEwIBcNMjYxMTIzMjM1MjAzWhgPMjEyNjEwMzAy
MzUyMDNaMBMxETAPBgNVBAMMCEFuY2hvciBBMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEVh1oQYM0NhDcgY8Zwb+LYZv8daqb0OOfHJcRDbSHBdtCW3rgDIxDJEYQ
xyN+sTV2X+RBTPHKZSsak+HTnQ8hfaNTMFEwHQYDVR0OBBYEFKg0U2soEGkLGXkD
+Gdm7YPc7pwhMB8GA1UdIwQYMBaAFKg0U2soEGkLGXkD+Gdm7YPc7pwhMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgDBfskRHrjO4k4N+m6JLcgOXy
zZCoZB0I8i2eIcKs6QwCIGTimFyUM9Q2/uLGQf6pLc7GKaFzmYF4cL9cO3+c3C3g
-----END CERTIFICATE-----
`;
export const ANCHOR_B = `-----BEGIN CERTIFICATE-----
MIIBfjCCASOgAwIBAgIUHUqRCTQQKRP69Uoo43LAHZVE1nAwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIQW5jaG9yIEIwIBcNMjYxMTIzMjM1MjAzWhgPMjEyNjEwMzAy
MzUyMDNaMBMxETAPBgNVBAMMCEFuY2hvciBCMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEGyOKm0Rtp9EnIyrDC8cHfvp8yoOVH8EjYutqKKELHC0ZkKxB1/hp6Mr8
p2Ta+/s3pYB1PGg3Rp0ykcPIxVc806NTMFEwHQYDVR0OBBYEFNnH/TLsnNhvplYc
NWfQxY6CZC+BMB8GA1UdIwQYMBaAFNnH/TLsnNhvplYcNWfQxY6CZC+BMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhALTlC24OUaasTJvyK2YPeTPy
FfcbmweE2nMBvdYfi7tuAiEA+aTvOvqoLOgfoQVMWFEpCaME3Si/Qx5Esaohs/vm
/8A=
-----END CERTIFICATE-----
`;

/** The sources of a plan: files by path, the environment, and the inputs. */
export interface Given {
  readonly inputs?: Readonly<Record<string, string>>;
  /** The text of the `config` file, `gate.yml`. */
  readonly config?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly locateInput?: PlanContext['locateInput'];
  readonly findSetting?: PlanContext['findSetting'];
  readonly surface?: PlanContext['surface'];
}

/** Loads the plan from these sources. */
export function load({
  inputs = {},
  config,
  files = {},
  env = {},
  locateInput,
  findSetting,
  surface = 'workflow',
}: Given): Promise<Plan> {
  const all: Readonly<Record<string, string>> = { ...files, ...(config !== undefined && { 'gate.yml': config }) };
  const readFile = (path: string): string => {
    const text = all[path.replace('/repository/', '')];
    if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
    return text;
  };
  return new Promise((resolve) => {
    resolve(
      loadPlan(
        { ...inputs, ...(config !== undefined && { config: 'gate.yml' }) },
        {
          cwd: '/repository',
          env,
          surface,
          readFile,
          ...(locateInput && { locateInput }),
          ...(findSetting && { findSetting }),
        },
      ),
    );
  });
}

/** The password or token of credentials, as text. */
export function revealedOf(auth: Credentials | undefined): string | undefined {
  return auth && auth.kind !== 'certificate' ? auth.secret.reveal() : undefined;
}

/** The lines of the expected configuration error for these sources. */
export async function problems(given: Given): Promise<string[]> {
  try {
    await load(given);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  throw new Error('the configuration was accepted');
}
