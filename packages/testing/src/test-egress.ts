import { AllowedHosts, Egress } from '@runnel/egress';

/** Where the sites of tests are. */
export const testHosts = '127.0.0.1,localhost,::1';

/** Lets a test reach its sites, and nothing else inside. */
export function testEgress(): Egress {
  return new Egress({ allow: AllowedHosts.parse(testHosts) });
}
