/** What a message of a command has in common with that of the gate. A filter judges both alike, if it judges these. */
export const TEST_SUBJECT = 'STARTTLS Gate test message';
export const TEST_BODY = ['This message was sent by STARTTLS Gate, an automated test of mail servers.'];
