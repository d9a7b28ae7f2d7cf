export { hasEmbeddedDatabase, openEmbeddedDatabase, type EmbeddedDatabase } from './open-embedded-database';
