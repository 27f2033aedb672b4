import { courier } from './courier.js';
import { dovecot } from './dovecot.js';
import { exim } from './exim.js';
import { haraka } from './haraka.js';
import { nginx } from './nginx.js';
import { openSmtpd } from './opensmtpd.js';
import { MTAS } from './other/mtas.js';
import { SUITES } from './other/suites.js';
import { postfix } from './postfix.js';
import { qpsmtpd } from './qpsmtpd.js';
import { sendmail } from './sendmail.js';
import { stalwart } from './stalwart.js';
import { WINDOWS } from './windows/windows.js';

/** Mail servers, by name. */
export const SERVERS = {
  Postfix: postfix,
  Exim: exim,
  Sendmail: sendmail,
  OpenSMTPD: openSmtpd,
  Dovecot: dovecot,
  Courier: courier,
  nginx,
  qpsmtpd,
  Haraka: haraka,
  Stalwart: stalwart,
  ...WINDOWS,
  ...SUITES,
  ...MTAS,
};
