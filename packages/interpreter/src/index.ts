export { mask, type Mask } from './mask';
export { runDefinition, type TaskRun } from './run-definition';
export { type TaskOutput } from './step-context';
