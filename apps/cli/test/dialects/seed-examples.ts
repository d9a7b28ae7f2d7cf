/** The examples of the four documents, as they stand there. */

export const posts = [
  {
    'Label 1':
      'Linktree’s 2023 Creator Report: : How to Navigate Attention Overload and Break Through the Noise',
    'Label 2': '27 September, 5 mins',
  },
  {
    'Label 1': 'Here’s what we were linking to on Linktree in 2022',
    'Label 2': '08 December, 5 mins',
  },
  {
    'Label 1': 'A beginner’s guide to the creator economy',
    'Label 2': '01 July, 5 mins',
  },
  {
    'Label 1': 'A beginner’s guide to the Metaverse and steps to join',
    'Label 2': '20 June, 10 mins',
  },
  {
    'Label 1': 'How to support the growing Black winemaking industry in the U.S.',
    'Label 2': '09 February, 7 mins',
  },
  {
    'Label 1': 'It’s year of the tiger! Here are your 2022 horoscopes for the Lunar New Year',
    'Label 2': '01 February, 8 mins',
  },
  {
    'Label 1': 'How to declutter, get organized and make this year your most productive one yet',
    'Label 2': '27 January, 7 mins',
  },
  {
    'Label 1': '12 free social media management tools for every creator',
    'Label 2': '17 January, 12 mins',
  },
  {
    'Label 1': 'Our predictions for 2022',
    'Label 2': '23 December, 10 mins',
  },
  {
    'Label 1': 'Female athletes are leading the future of NIL sponsorships',
    'Label 2': '06 December, 7 mins',
  },
];

/** Maxun: the start and the run are told with one example. */
export const maxunRun = {
  statusCode: 200,
  messageCode: 'success',
  run: {
    id: '1ffbc139-6b16-4164-a61e-d4813c300a66',
    status: 'success',
    name: '10 post link tree',
    robotId: '0a3acb0f-4928-483b-8610-35049efa90fd',
    startedAt: '8/1/2025, 12:04:24 am',
    finishedAt: '8/1/2025, 12:04:40 am',
    runId: '748a9995-9749-4bf1-a235-88dc61c2dd85',
    runByUserId: null,
    runByScheduleId: null,
    runByAPI: true,
    data: posts,
    screenshot: null,
  },
};

export const maxunRuns = {
  statusCode: 200,
  messageCode: 'success',
  runs: {
    totalCount: 2,
    items: [
      {
        id: 'a4389317-fcfc-4006-8fc0-a31b290daf41',
        status: 'success',
        name: '10 post link tree',
        robotId: '0a3acb0f-4928-483b-8610-35049efa90fd',
        startedAt: '6/1/2025, 2:27:06 pm',
        finishedAt: '6/1/2025, 2:27:24 pm',
        runId: 'b9b4cba1-40b4-4947-a7d0-6194d277d0b7',
        runByUserId: 8,
        runByScheduleId: null,
        runByAPI: null,
        data: posts,
        screenshot: null,
      },
    ],
  },
};

export const maxunUnauthorized = {
  ok: false,
  error: 'Unauthorized',
};

export const maxunRunsBroken = {
  statusCode: 500,
  messageCode: 'error',
  message: 'Failed to retrieve runs',
};

export const maxunRunBroken = {
  statusCode: 500,
  messageCode: 'error',
  message: 'Failed to run robot',
};

export const unpodRuns = {
  count: 9,
  status_code: 200,
  message: 'Runs Fetched Successfully',
  data: [
    {
      run_id: 'Recac64fe03e911f1878d43cd8a99e069',
      collection_ref: 'collection_data_SA2W8R6NZRK6C9PO3JSL1J85',
      run_mode: 'prefect',
      status: 'completed',
      created: '2026-02-07T05:57:45',
      modified: '2026-02-07T05:57:45',
    },
    {
      run_id: 'R6b653894fe9411f0878d43cd8a99e069',
      collection_ref: 'collection_data_SA2W8R6NZRK6C9PO3JSL1J85',
      run_mode: 'prefect',
      status: 'completed',
      created: '2026-01-31T11:03:05',
      modified: '2026-01-31T11:03:05',
    },
  ],
};

/** The example of tasks is that of runs once more; this is the table of their fields below it. */
export const unpodTask = {
  thread_id: 'Thread identifier',
  user_info: { email: 'User details', full_name: 'User details' },
  run_id: 'R40fe5eface1511f082ac156368e7acc4',
  task_id: 'Unique task identifier',
  execution_type: 'call, email, etc.',
  task: { objective: 'Task definition with objective' },
  input: {},
  output: {},
  created: '2026-02-07T05:57:45',
  modified: '2026-02-07T05:57:45',
};

export const unpodRunsFailed = { message: 'Error fetching runs', errors: 'Detailed error description' };

export const unpodTasksFailed = {
  message: 'Error retrieving run tasks',
  errors: 'Detailed error description',
};

export const runtypeResults = {
  data: [
    {
      agentExecutionId: 'ae7f3c9b-4d2e-4f1a-9b6d-2c3e5f7a8b9c',
      createdAt: '2024-06-10T15:22:30Z',
      error: null,
      executedAt: '2024-06-10T15:23:00Z',
      failedAt: null,
      flowId: 'flow_12345abcde',
      flowName: 'User Signup Validation',
      record: {
        id: 'rec_98765zyxwv',
        name: 'John Doe',
        type: 'user',
      },
      recordId: 'rec_98765zyxwv',
      recordResultId: 'res_54321qwert',
      status: 'success',
    },
  ],
  pagination: {
    hasMore: false,
    limit: 10,
    offset: 0,
    total: 1,
  },
};
