import { z } from 'zod';
import { touched } from '../journey';
import { selectorList } from '../selector';
import { listName, ofList } from './list';
import { argument, made, refuse, translator } from './translator';

/** The field of the link, in the row that is read behind it. */
const field = 'link';

/** Every link is opened, and all that comes after is done there; Maxun goes on nowhere else either. */
export const enqueueLinks = translator(z.tuple([selectorList]), ([located], action, journey) => {
  if (journey.isBehindLinks) {
    const message = 'opens links on pages that links led to; only one such action can be done';
    return refuse(journey, `${action.path}.action`, { message, found: action.type });
  }
  touched(journey, null);
  const name = listName(action, journey);
  const list = {
    type: 'extractList',
    name,
    ...ofList(located),
    fields: { [field]: { selector: ':scope', attribute: 'href' } },
    unique: [field],
  };
  const places = { item: argument(action, 0), name: `${action.path}.name` };
  const follow = made(action, { type: 'follow', from: name, url: field });
  return [made(action, list, places), { ...follow, inner: [] }];
});
