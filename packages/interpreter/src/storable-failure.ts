import type { Failure, RowData } from '@runnel/contracts';
import { cleanCell, cleanText } from '@runnel/extraction';

/** The user and password of an address; who may read a run need not know them. */
const userOfAddress = /(https?:\/\/)[^\s/?#@]*@/g;

/** The same failure in text that Postgres can hold: its message and details quote the page. */
export function storableFailure(found: Failure): Failure {
  const { message, details } = found;
  return {
    ...found,
    message: cleanText(message).replace(userOfAddress, '$1'),
    ...(details && { details: cleanCell(details as RowData) as RowData }),
  };
}
