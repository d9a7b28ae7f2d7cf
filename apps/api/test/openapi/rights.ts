import type { Scope } from '@runnel/contracts';

/** What a key for one robot may of an operation: that of its own robot; nothing; or all, as it is of no robot. */
type OfOneRobot = 'own' | 'nothing' | 'all';

export interface Rights {
  scope: Scope | 'any';
  ofOneRobot: OfOneRobot;
}

type Table = Record<Scope | 'any', Partial<Record<OfOneRobot, string>>>;

/** The operations by what a key must be let do for them, as their documents name them. */
const table: Partial<Table> = {
  any: {
    all: 'listSpaces sdkStatus sdkSearch sdkExtract sdkExtractDocument sdkParseDocument sdkCompareRuns listOrganizations',
    nothing: 'unpod:listSpaces getSpace',
  },
  'robots:read': {
    own: 'getRobot listVersions listLogins sdkGetRobot getProcess',
    nothing: 'listRobots sdkListRobots listProcesses listAgents listFlows',
  },
  'robots:write': {
    own: 'replaceRobot deleteRobot publishRobot deleteLogin sdkUpdateRobot sdkDeleteRobot',
    nothing: 'createRobot duplicateRobot sdkCreateRobot sdkCrawl sdkDuplicateRobot',
  },
  'runs:read': {
    own:
      'getRobotSchedule listRuns getRun listTasks getData getArtifact listEvents sdkListRuns sdkGetRun ' +
      'listAgentTasks listExecutions listRunTasks getRunResults getBatchResults getBatchStatus ' +
      'listRunsOfSchedule getScheduleStats getSchedule',
    nothing:
      'listFiles getFile unpod:listRuns listSpaceTasks listScheduleRuns getScheduleSparklines listSchedules getBatchSummary',
    all: 'previewSchedule',
  },
  'runs:write': {
    own:
      'setRobotSchedule deleteRobotSchedule startRun retryRun abortRun deleteRun sdkExecuteRobot sdkAbortRun ' +
      'createTasks createTasksToo startBatch cancelBatch runScheduleNow skipNextRun backfillSchedule pauseSchedule ' +
      'resumeSchedule createSchedule updateSchedule deleteSchedule',
    nothing: 'deleteFile pauseAllSchedules resumeAllSchedules',
    all: 'saveFile createFile',
  },
  admin: { nothing: 'listKeys createKey getKey rotateKey revokeKey listSecrets setSecret deleteSecret' },
};

/** By `document:id` where several documents have an operation of that name, else by its id. */
export const rights: ReadonlyMap<string, Rights> = new Map(
  Object.entries(table).flatMap(([scope, kinds]) =>
    Object.entries(kinds).flatMap(([ofOneRobot, names]) =>
      names
        .split(' ')
        .map((name): [string, Rights] => [
          name,
          { scope: scope as Rights['scope'], ofOneRobot: ofOneRobot as OfOneRobot },
        ]),
    ),
  ),
);
