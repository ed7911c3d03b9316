export { JOB_STATES, openJobCounts, type JobCount, type JobCounts, type JobState } from './job-counts.ts';
export { openJobQueues, QueueUnavailable, type Handler, type JobQueues, type JobWorker } from './job-queues.ts';
export { isQueue, queueNames, type Payload, type QueueName } from './queues.ts';
