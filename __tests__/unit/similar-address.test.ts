import { slipBetween } from '../../src/steps/delivery/similar-address.js';

test.each([
  ['canary@example.com', 'canary@example.com', undefined],
  ['Canary+gate@example.com', 'canary@example.com', undefined],
  ['canary@example.com', 'canary', undefined],
  ['e2e-prode@example.com', 'e2e-probe@example.com', 'by one letter'],
  ['canray@example.com', 'canary@example.com', 'by one letter'],
  ['canray@example.com', 'canary', 'by one letter'],
  ['canary-box@example.com', 'canry-bx@example.com', 'by two letters'],
  ['canary@exmaple.com', 'canary@example.com', 'by one letter'],
  ['canary@example.com', 'canary@other.example', 'only in the domain'],
  ['smtp@example.com', 'canary@example.com', undefined],
  ['a@example.com', 'b@example.com', undefined],
  ['anything@example.com', '', undefined],
])('the recipient %s differs from the user %s: %s', (to, user, slip) => {
  expect(slipBetween(to, user)).toBe(slip);
});
