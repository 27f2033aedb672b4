import { courier } from './courier.js';
import { dovecot } from './dovecot.js';
import { exchange } from './exchange.js';
import { exim } from './exim.js';
import { haraka } from './haraka.js';
import { nginx } from './nginx.js';
import { openSmtpd } from './opensmtpd.js';
import { postfix } from './postfix.js';
import { qpsmtpd } from './qpsmtpd.js';
import { sendmail } from './sendmail.js';
import { stalwart } from './stalwart.js';

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
  Exchange: exchange,
  Haraka: haraka,
  Stalwart: stalwart,
};
