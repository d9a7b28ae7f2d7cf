export { readDefinition, type ReadDefinition } from './read-definition';
