import { pathOf, type Fault } from '@runnel/contracts';
import type { GivenInputs } from '../../given-inputs';
import { asBase36, readUuid } from '../../id-forms';
import { noSuchFile } from './no-such-file';

/** What a verb says is wrong with a start, at its place in what was sent. Records come out of files only. */
export function asSent(fault: Fault, { names }: Pick<GivenInputs, 'names'>): Fault {
  if (/^fileIds\[\d+\]$/.test(fault.path)) {
    return { ...fault, path: inFiles(fault.path), message: noSuchFile, found: idAsSent(fault.found) };
  }
  return { ...fault, path: inList(inFiles(fault.path), names) };
}

function inFiles(path: string): string {
  return path.replace(/^(?:fileIds|records$)/, 'file_ids');
}

/** An input of a list stands there as the value of its item; one that is not in it has its name alone. */
function inList(path: string, names: string[]): string {
  const index = names.findIndex((name) => path === pathOf(['inputs', name]));
  return index < 0 ? path : `inputs[${index}].value`;
}

function idAsSent(found: unknown): unknown {
  const id = typeof found === 'string' ? readUuid(found) : null;
  return id === null ? found : asBase36(id);
}
