import { startingAt, type Definition, isUrl } from '@runnel/contracts';
import { InvalidInputError } from '../invalid-input';

const longestUrl = 8_000;

/**
 * The same program from another address on.
 * @throws InvalidInputError when the address is none, or the program opens none.
 */
export function movedTo(definition: Definition, targetUrl: string): Definition {
  if (targetUrl.length > longestUrl) throw wrongTarget(`must have at most ${longestUrl} characters`, '');
  if (!isAddress(targetUrl)) throw wrongTarget('must be an absolute http or https address', targetUrl);
  if (targetUrl.includes('{{')) throw wrongTarget('must not hold {{', targetUrl);
  const moved = startingAt(definition, targetUrl);
  if (!moved) throw wrongTarget('the robot opens no address that this one could stand for', targetUrl);
  return moved;
}

function isAddress(url: string): boolean {
  return isUrl(url) && /^https?:$/.test(new URL(url).protocol);
}

function wrongTarget(message: string, targetUrl: string): InvalidInputError {
  const found = targetUrl.slice(0, 200).toWellFormed();
  return new InvalidInputError('The robot cannot start there', [{ path: 'targetUrl', message, found }]);
}
