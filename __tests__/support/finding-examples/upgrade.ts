import type { UPGRADE as FINDINGS } from '../../../src/findings/catalog/upgrade.js';
import { raw, silence, startTls, wait } from '../dialogue.js';
import { injectable } from '../injectable-server.js';
import type { FindingExamples } from './finding-example.js';

/** Step 2: STARTTLS and the reply to it. */
export const OF_STEP_2: FindingExamples<keyof typeof FINDINGS> = {
  'starttls-refused': {
    raising: {
      name: 'replies to STARTTLS with 454',
      server: { replies: { STARTTLS: '454 4.7.0 TLS not available due to local problem' } },
    },
    twin: {
      name: 'replies to STARTTLS with a two-line 220',
      server: { replies: { STARTTLS: ['220-2.0.0 Ready', '220 2.0.0 to start TLS', startTls] } },
    },
  },
  'plaintext-after-starttls': {
    raising: {
      name: 'sends a second reply after the 220, in the same packet',
      server: { replies: { STARTTLS: [raw('220 2.0.0 Ready\r\n250 2.0.0 injected\r\n'), silence] } },
    },
    twin: {
      name: 'sends its 220 in two packets, and nothing after it',
      server: { replies: { STARTTLS: [raw('220 2.0'), wait(50), raw('.0 Ready\r\n'), startTls] } },
    },
  },
  'starttls-command-injection': {
    raising: {
      name: 'executes over TLS a command that arrived unencrypted after STARTTLS',
      server: injectable('keeps it'),
      endpoint: { probes: ['command-injection'] },
    },
    twin: {
      name: 'discards a command that arrived unencrypted after STARTTLS',
      server: injectable('drops it'),
      endpoint: { probes: ['command-injection'] },
    },
  },
};
