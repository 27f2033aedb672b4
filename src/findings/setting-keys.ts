/** The keys of an endpoint to whose line a finding can point. */
export const SETTING_KEYS = [
  'servername',
  'transport',
  'ehlo',
  'auth.username',
  'auth.mechanism',
  'delivery.from',
  'delivery.to',
  'delivery.inbox',
  'delivery.verdicts',
  'tls.ca',
  'tls.check',
  'tls.client-cert',
  'tls.min-valid-days',
  'tls.pin',
  'tls.warn-valid-days',
] as const;

export type SettingKey = (typeof SETTING_KEYS)[number];

/** Finds the line in a file of the user that sets a key. */
export type SettingSource = (key: SettingKey) => { readonly file: string; readonly line: number } | undefined;
