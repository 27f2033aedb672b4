/*
 * Words with which a server says that it gets too much at once, in lower case. Which of them it says decides what helps.
 */

/** Too many connections that are open at the same time, from one client. */
export const CONNECTIONS =
  /\btoo many (?:concurrent |simultaneous |open |active )*(?:smtp )?(?:connections|sessions)\b|\bconcurrent connections\b|\bconnection count\b|\bmaximum (?:number of )?connections\b/;

/** A limit that does not depend on the client: nobody can connect. */
export const BUSY =
  /\btoo many concurrent smtp connections;|\bconcurrent server connections\b|\bbusy\b|\bload (?:average|too high)\b|\boverload(?:ed)?\b/;

/** Too many messages, recipients or commands in a certain time. */
export const RATE = new RegExp(
  String.raw`rate[- ]?limit|\bsending rate\b|throttl|\btoo (?:fast|quickly|frequent)|\btoo many (?:new )?(?:e-?mails?|messages|mails|recipients|requests|connections)\b|\btoo much mail from\b|at a rate that|\bexcessive volume\b|\bpeak smtp relay limit\b|\blimits for how many messages\b`,
);

/** The server gets too much unwanted mail from the IP address. */
export const UNWANTED_MAIL =
  /\bunsolicited mail originating\b|\buser complaints\b|\bdue to ip reputation\b|\bpoor reputation\b/;
