export { browserNeeds } from './definition/browser-needs';
export { engines, type Definition, type Input, type Options, type Proxy } from './definition/definition';
export { type Fault, closedObject, fewFaults, parseWithFaults, pathOf, wrongWord } from './definition/fault';
export { type FieldRule, type Fields } from './definition/field';
export { fill } from './definition/fill';
export {
  firstAddress,
  inputResolver,
  inputsOf,
  originUrl,
  resolveInputs,
  type UnknownInputs,
} from './definition/inputs';
export { withRecord } from './definition/record-placeholders';
export { secretName } from './definition/secret-placeholder';
export { ownHeaders } from './definition/own-headers';
export { isSameHost } from './definition/same-host';
export { secretSites } from './definition/secret-sites';
export { filledOptions, secretNames, withSecrets } from './definition/secrets';
export { startingAt } from './definition/starting-at';
export { withFirstUrl } from './definition/with-first-url';
export { parseDefinition } from './definition/parse-definition';
export { type SelectorAlternatives } from './definition/selector';
export { isBlankPage } from './definition/step/blank-page';
export { type FramePath } from './definition/step/any-step';
export { type Paginate, type PaginateBy } from './definition/step/paginate';
export { type ContentFormat } from './definition/step/scraping';
export {
  type CrawlStep,
  type FollowStep,
  type RecorderStep,
  type RecorderStepType,
  type Step,
  type StepOf,
  type StepType,
} from './definition/step/step';
export type { Dom, ParsedPage, ParseHtml, Question } from './dom';
export { eventSchema, type RunEvent } from './event';
export { atStep, failure, FailureError, failureSchema, type Failure, type FailureCode } from './failure';
export { isUrl } from './is-url';
export type * from './records';
export { allows, scopes, type Scope } from './scope';
export * from './schedule';
export type * from './session';
export {
  isRunEnded,
  runStatuses,
  runStatusesBefore,
  runStatusOf,
  taskStatuses,
  taskStatusesBefore,
  type RunEnd,
  type RunStatus,
  type TaskCounts,
  type TaskStatus,
} from './status';
