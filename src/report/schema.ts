import { z } from 'zod';
import { FAIL_ON, ON_INCONCLUSIVE, PARTIES, RESULTS, SCHEMA_VERSION, STEP_IDS, TOOL } from './values.js';

/*
 * The Report is the result of a run. This schema is its only definition: the TypeScript types and `report.schema.json` are
 * derived from it. A run does not load it, only the types. Any string in it may contain text from the network, and each
 * output escapes it for its own format.
 */

const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();

const sourceSchema = z.strictObject({ file: z.string(), line: count.min(1) });

const findingSchema = z
  .strictObject({
    code: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    severity: z.enum(['error', 'warning', 'notice']),
    title: z.string().min(1).describe('The cause in a few words'),
    message: z.string().min(1).describe('What is wrong with this server'),
    remedy: z.string().min(1).describe('How to fix it'),
    party: z
      .enum(PARTIES)
      .describe(
        'Who has to act: whoever runs the mail server, the certificate authority, the network between, or the mailbox; whoever wrote the workflow; the developers of the gate',
      ),
    certainty: z.enum(['certain', 'likely']).describe('How sure the gate is of the cause'),
    inconclusive: z.literal(true).optional().describe('The error means "could not be tested", not "tested and failed"'),
    evidence: z.record(z.string(), z.string()).optional().describe('What shows it: the reply, the alert, the names'),
    reference: z.string().optional().describe('The section of the RFC that applies'),
    resultType: z.string().optional().describe('Its result type in a TLS report (RFC 8460 section 4.3)'),
    reproduce: z.string().optional().describe('A command that shows the same'),
    reproduceShows: z
      .string()
      .optional()
      .describe("The text in the command's output that shows the problem; present if `reproduce` is"),
    reproduceSendsTo: z
      .string()
      .optional()
      .describe('The address to which `reproduce` sends a message if the server accepts it'),
    source: sourceSchema.optional().describe('The line of the setting that it is about, if it is about one'),
    waived: z.strictObject({ reason: z.string(), until: z.string() }).optional(),
  })
  .describe('A result of a step: an error, a warning or a notice');

const stepSchema = z.strictObject({
  id: z.enum(STEP_IDS),
  status: z.enum([...RESULTS, 'skip']),
  skipped: z.enum(['not-applicable', 'not-configured', 'blocked']).optional(),
  durationMs: milliseconds,
  findings: z.array(findingSchema),
});

const certificateSchema = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  names: z.array(z.string()).describe('Subject alternative names: DNS names and IP addresses'),
  validFrom: z.iso.datetime(),
  validTo: z.iso.datetime(),
  daysLeft: z.int().describe('Whole days from the start of the run to validTo; negative if it has expired'),
  key: z.string().describe('Such as "EC P-256" or "RSA 2048"'),
  signature: z.string().describe('The signature algorithm'),
  sha256: z.string().describe('Fingerprint of the certificate, lower-case hexadecimal'),
  pin: z.string().describe('sha256/ and the base64 of the SHA-256 of the subject public key info, as tls.pin takes it'),
});

const tlsSchema = z.strictObject({
  version: z.string(),
  cipher: z.string(),
  group: z.string().optional().describe('Key-exchange group, if the TLS library reports it'),
  postQuantum: z
    .boolean()
    .optional()
    .describe('Whether the group is secure against quantum computers, if that is known'),
  certificate: certificateSchema,
  chain: z.array(z.string()).describe('Subjects of the certificates as the server sent them, leaf first'),
  otherCertificates: z
    .array(certificateSchema)
    .min(1)
    .optional()
    .describe('With tls.check: both or all, the certificates that the server has for other types of key'),
});

const deliverySchema = z.strictObject({
  messageId: z.string().describe('The Message-ID of the test message'),
  octets: count.describe('The size of the test message in bytes'),
  latencyMs: milliseconds.optional().describe('From its acceptance until the gate found it in the inbox'),
  folder: z.string().optional().describe('The junk folder in which the gate found it'),
  copies: count.min(1).optional().describe('The number of copies; a lower bound if `message-duplicated` says so'),
});

const failureSchema = z
  .strictObject({
    step: z.enum(STEP_IDS),
    code: z.string(),
    title: z.string().optional().describe('The cause in a few words'),
    message: z.string(),
  })
  .describe('Why the gate tried again');

const earlierFindingSchema = findingSchema
  .extend({ step: z.enum(STEP_IDS) })
  .describe('A warning or a waived error that the last attempt does not have; the endpoint is `warn` because of it');

const lineSchema = z.strictObject({ at: milliseconds, from: z.enum(['server', 'client']), text: z.string() });

const authSchema = z.strictObject({
  mechanism: z.string().optional().describe('The SASL mechanism that the gate used, if it sent AUTH'),
  offered: z.array(z.string()).describe('The SASL mechanisms that the server offers over TLS'),
});

const endpointSchema = z.strictObject({
  name: z.string(),
  configured: z
    .string()
    .optional()
    .describe('The name of the configured endpoint, if this one is a part of it: an MX host or an IP address'),
  host: z.string(),
  port: z.int().min(1).max(65535),
  address: z.string().optional().describe('The IP address of the connection'),
  transport: z.enum(['starttls', 'implicit']),
  role: z.enum(['submission', 'mx']),
  environment: z.string().optional(),
  result: z.enum(RESULTS),
  attempts: count.min(1),
  durationMs: milliseconds,
  source: sourceSchema.optional(),
  steps: z.array(stepSchema).length(STEP_IDS.length),
  earlier: z
    .array(z.union([failureSchema, earlierFindingSchema]))
    .optional()
    .describe('What the attempts before the last one found'),
  capabilities: z
    .strictObject({
      plain: z.array(z.string()).optional().describe('The lines of the reply to EHLO before TLS'),
      tls: z.array(z.string()).optional().describe('The lines of the reply to EHLO over TLS'),
      gained: z.array(z.string()).optional().describe('What is offered only over TLS, each mechanism separately'),
      lost: z.array(z.string()).optional().describe('What is offered only before TLS, except STARTTLS'),
    })
    .optional(),
  tls: tlsSchema.optional(),
  auth: authSchema.optional().describe('Present if the server accepted EHLO over TLS'),
  delivery: deliverySchema.optional().describe('The delivery of the test message, if the server accepted it'),
  transcript: z.array(lineSchema),
  inboxTranscript: z
    .array(lineSchema)
    .min(1)
    .optional()
    .describe(
      'The dialogue with the inbox, if a finding is about it, without the content of messages. Endpoints that share an inbox share it',
    ),
});

const countsSchema = z
  .strictObject({ pass: count, warn: count, inconclusive: count, fail: count, total: count })
  .describe('The number of endpoints with each result');

const policySchema = z
  .strictObject({
    failOn: z.enum(FAIL_ON),
    onInconclusive: z.enum(ON_INCONCLUSIVE),
    failOnFlaky: z.literal(true).optional().describe('An endpoint that passed only after a retry counts as failed'),
  })
  .describe('The inputs that decide whether the gate fails');

const shardSchema = z
  .strictObject({ k: count.min(1), n: count.min(1) })
  .describe('The part of the endpoints that was tested, if the run is one of several shards');

const runSchema = z.strictObject({
  id: z.string().min(1).optional().describe('The ID of the workflow run, if it is known'),
  attempt: count.min(1).optional().describe('The number of its attempt, if it is known'),
  shard: shardSchema.optional(),
  planHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('The same for all shards of a run: a SHA-256 of all configured endpoints, without credentials'),
});

export const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(SCHEMA_VERSION),
    tool: z.strictObject({ name: z.literal(TOOL.name), version: z.string() }),
    startedAt: z.iso.datetime(),
    durationMs: milliseconds,
    result: z.enum(RESULTS),
    blocked: z.boolean().describe('Whether the gate fails'),
    policy: policySchema,
    counts: countsSchema,
    run: runSchema,
    endpoints: z.array(endpointSchema).min(1),
  })
  .describe('The results of STARTTLS Gate for each endpoint');

export type Report = z.infer<typeof reportSchema>;
export type EndpointReport = z.infer<typeof endpointSchema>;
export type Counts = z.infer<typeof countsSchema>;
export type RunReport = z.infer<typeof runSchema>;
export type AuthReport = z.infer<typeof authSchema>;
export type EarlierFinding = z.infer<typeof earlierFindingSchema>;
export type StepReport = z.infer<typeof stepSchema>;
export type Finding = z.infer<typeof findingSchema>;
export type DeliveryReport = z.infer<typeof deliverySchema>;
export type TlsReport = z.infer<typeof tlsSchema>;
export type CertificateReport = z.infer<typeof certificateSchema>;
export type TranscriptEntry = EndpointReport['transcript'][number];
export type StepId = (typeof STEP_IDS)[number];
export type Result = (typeof RESULTS)[number];
export type Severity = Finding['severity'];
export type Party = Finding['party'];
export type Certainty = Finding['certainty'];
export type SkipReason = NonNullable<StepReport['skipped']>;
