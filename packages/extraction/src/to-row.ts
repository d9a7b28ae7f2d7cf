import { failure, FailureError, type Fields, type RowData } from '@runnel/contracts';
import { toCell, type CellContext } from './cell/to-cell';

/** What was wrong with a cell that its selector matched. */
export interface CellWarning {
  field: string;
  message: string;
}

/**
 * The row that the rules make of one item's cells. A cell that is not of its type is null and a warning.
 * @throws FailureError FIELD_REQUIRED when a required field has no value.
 */
export function toRow(
  fields: Fields,
  cells: string[][],
  context: CellContext,
): { row: RowData; warnings: CellWarning[] } {
  const warnings: CellWarning[] = [];
  const entries = Object.entries(fields).map(([name, rule], index) => {
    const { value, missing, warning } = toCell(rule, cells[index] ?? [], context);
    if (warning !== null) warnings.push({ field: name, message: warning });
    if (missing && rule.required) {
      const reason = warning ?? `: nothing matches ${JSON.stringify(rule.selector)}`;
      const message = `The required field ${JSON.stringify(name)} ${reason}`;
      throw new FailureError(failure('FIELD_REQUIRED', message, { selectors: [rule.selector] }));
    }
    return [name, value] as const;
  });
  return { row: Object.fromEntries(entries), warnings };
}
