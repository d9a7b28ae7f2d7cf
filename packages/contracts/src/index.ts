export { type Definition, type Input, type Options } from './definition/definition';
export { type Fault, closedObject, parseWithFaults } from './definition/fault';
export { type FieldRule, type Fields } from './definition/field';
export { fill, inputsOf, originUrl, resolveInputs } from './definition/inputs';
export { parseDefinition } from './definition/parse-definition';
export { type SelectorAlternatives } from './definition/selector';
export { type Paginate, type Step, type StepOf, type StepType } from './definition/step';
export { eventSchema, type RunEvent } from './event';
export { atStep, failure, FailureError, failureSchema, type Failure, type FailureCode } from './failure';
export type * from './records';
export type * from './session';
export {
  isRunEnded,
  runStatuses,
  runStatusesBefore,
  runStatusOf,
  taskStatuses,
  taskStatusesBefore,
  type RunStatus,
  type TaskCounts,
  type TaskStatus,
} from './status';
