import type { DocumentName } from '../dialect';

const common =
  'A run that is started in one dialect is seen in all four, under the name that each has for it.';

/** What each document is called, and what it tells. */
export const titles: Record<DocumentName, { title: string; description: string }> = {
  maxun: {
    title: 'Robots and runs (Maxun)',
    description: `Robots, runs, tasks, rows, events and files, in the shapes of Maxun's API; /api/sdk for its clients. ${common}`,
  },
  kognitos: {
    title: 'Runs of processes (Kognitos)',
    description: `Robots as processes of an agent, in the shapes of Kognitos' API. ${common}`,
  },
  unpod: {
    title: 'Runs and tasks of a space (Unpod)',
    description: `Spaces, agents, runs and tasks, in the shapes of Unpod's API. ${common}`,
  },
  runtype: {
    title: 'Schedules, batches and their results (Runtype)',
    description: `Flows, schedules, batches and results, in the shapes of Runtype's API. ${common}`,
  },
};
