import { load } from '../support/load-plan.js';

/** A fix names a setting as the user knows it: what an input sets has the name of that input. */

const inputs = { username: 'joe', password: 'secret', 'mail-from': 'a@a.example', 'rcpt-to': 'b@a.example' };

test('what the inputs set has the names of the inputs', async () => {
  const { endpoints } = await load({ inputs: { ...inputs, endpoints: 'a.example' } });
  expect(endpoints[0]?.settingNames).toEqual({
    'auth.username': 'username',
    'auth.password': 'password',
    auth: 'username',
    'delivery.from': 'mail-from',
    'delivery.to': 'rcpt-to',
    delivery: 'mail-from` and `rcpt-to',
  });
});

test('the login of an inbox that an input sets has the names of inputs, also if it is missing', async () => {
  const { endpoints } = await load({
    inputs: { ...inputs, inbox: 'mailpit+https://inbox.example', endpoints: 'a.example' },
  });
  expect(endpoints[0]?.settingNames).toMatchObject({
    'delivery.username': 'inbox-username',
    'delivery.password': 'inbox-password',
  });
});

test('in a terminal, these are options and environment variables', async () => {
  const { endpoints } = await load({ inputs: { ...inputs, endpoints: 'a.example' }, surface: 'terminal' });
  expect(endpoints[0]?.settingNames).toMatchObject({
    'auth.password': 'STARTTLS_GATE_PASSWORD',
    'delivery.to': '--rcpt-to',
  });
});

test('what the endpoint sets itself keeps the name of its key', async () => {
  const config = 'endpoints: [{host: a.example, auth: {username: ann, password: pw}, delivery: {from: a@a, to: b@b}}]';
  const { endpoints } = await load({ config, inputs });
  expect(endpoints[0]).not.toHaveProperty('settingNames');
});
