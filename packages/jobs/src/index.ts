export { openJobQueues, QueueUnavailable, type Handler, type JobQueues, type JobWorker } from './job-queues.ts';
export { isQueue, queueNames, type Payload, type QueueName } from './queues.ts';
