export { AllowedHosts } from './allowed-hosts';
export { Egress, type EgressOptions } from './egress';
export { type Gate, type GateOptions } from './gate';
export { pathOf } from './host';
export { failureAt } from './reason';
export { openEgress } from './open-egress';
