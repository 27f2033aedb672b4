/*
 * The functions of @actions/core that the gate uses, built from the same internal modules. The package exports only one
 * module, which also loads an HTTP client for OpenID Connect: half of all the code that a run loads (docs/adr/0028).
 */
import { issueCommand } from '../../node_modules/@actions/core/lib/command.js';
import type { AnnotationProperties } from '../../node_modules/@actions/core/lib/core.js';
import { issueFileCommand, prepareKeyValueMessage } from '../../node_modules/@actions/core/lib/file-command.js';
import { toCommandProperties } from '../../node_modules/@actions/core/lib/utils.js';

/** Makes the runner mask a text in everything that the job prints from now on. */
export function setSecret(text: string): void {
  issueCommand('add-mask', {}, text);
}

export function error(message: string, properties: AnnotationProperties = {}): void {
  issueCommand('error', toCommandProperties(properties), message);
}

export function warning(message: string, properties: AnnotationProperties = {}): void {
  issueCommand('warning', toCommandProperties(properties), message);
}

/** @throws if the runner has given no file for outputs */
export function setOutput(name: string, value: string | number | readonly string[]): void {
  issueFileCommand('OUTPUT', prepareKeyValueMessage(name, value));
}
