import type { Failure, RowData } from '@runnel/contracts';
import { cleanCell, cleanText } from '@runnel/extraction';
import type { Mask } from './mask';

/** The same failure in text that may be kept: its message and details quote the page. */
export function storableFailure(found: Failure, mask: Mask): Failure {
  const { message, details } = found;
  return {
    ...found,
    message: mask.text(cleanText(message)),
    ...(details && { details: mask.cell(cleanCell(details as RowData)) as RowData }),
  };
}
