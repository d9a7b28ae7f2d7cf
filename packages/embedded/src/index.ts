export { openEmbeddedDatabase, type EmbeddedDatabase } from './open-embedded-database';
