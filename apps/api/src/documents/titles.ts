import type { DocumentName } from '../dialect';

const common =
  'A run that is started in one dialect is seen in all four, under the name that each has for it.';

/** What each document is called, and what it tells. */
export const titles: Record<DocumentName, { title: string; description: string }> = {
  maxun: {
    title: 'Runnel: robots and runs',
    description: `Robots, runs, tasks, rows, events and files, in the shapes of Maxun's API; /api/sdk for its clients. ${common}`,
  },
  kognitos: {
    title: 'Runnel: runs of processes',
    description: `Robots as processes of an agent, in the shapes of Kognitos' API. ${common}`,
  },
  unpod: {
    title: 'Runnel: runs and tasks of a space',
    description: `Spaces, agents, runs and tasks, in the shapes of Unpod's API. ${common}`,
  },
  runtype: {
    title: 'Runnel: batches and their results',
    description: `Flows, batches and results, in the shapes of Runtype's API. ${common}`,
  },
};
