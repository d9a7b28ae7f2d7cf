export { findNext, listSignature, type NextControl } from './in-page/next-page';
export { readPage, type PageQuery, type PageReading } from './in-page/read-page';
export { SeenRows } from './seen';
export { toRow, type CellWarning } from './to-row';
