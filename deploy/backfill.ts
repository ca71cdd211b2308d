import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import {
  DefinitionBody,
  DistributedMap,
  JitterType,
  JsonPath,
  LogLevel,
  Pass,
  Result,
  ResultWriterV2,
  S3ObjectsItemReader,
  StateMachine,
  StateMachineType,
  TaskInput,
  Timeout
} from 'aws-cdk-lib/aws-stepfunctions'
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks'
import type { Construct } from 'constructs'
import { RETRYABLE_ERRORS, VIDEO_ERRORS } from './backfill-errors.ts'
import { allowExecutions, createBackfillRole, RESULTS_PREFIX } from './backfill-role.ts'
import type { Buckets } from './buckets.ts'
import { BACKFILL, RETENTION, SIZES } from './sizes.ts'

/** What an execution takes, and what is taken where it says nothing. */
const NO_INPUT = { prefix: '', options: {} }

/**
 * The backfill: lists the source bucket below `prefix`, and gives every key to the function `batch` with the
 * `options` of a thumbnail beside it. Results lie under `jobs/backfill/` of the output bucket, apart by what became
 * of them.
 */
export function createBackfill (scope: Construct, buckets: Buckets, batch: Function): StateMachine {
  const { source, output } = buckets
  const role = createBackfillRole(scope, buckets, batch)
  const defaults = new Pass(scope, 'TakeDefaults', { result: Result.fromObject(NO_INPUT), resultPath: '$.defaults' })
  const input = new Pass(scope, 'ReadInput', {
    parameters: { given: JsonPath.objectAt('States.JsonMerge($.defaults, $$.Execution.Input, false)') }
  })
  const map = new DistributedMap(scope, 'EachObject', {
    label: 'Backfill',
    // Costs a twentieth of the standard type, and ends after five minutes, tries included.
    mapExecutionType: StateMachineType.EXPRESS,
    maxConcurrency: BACKFILL.maxConcurrency,
    toleratedFailurePercentage: BACKFILL.toleratedFailurePercentage,
    itemReader: new S3ObjectsItemReader({ bucket: source, prefix: JsonPath.stringAt('$.given.prefix') }),
    itemSelector: {
      options: JsonPath.objectAt('$.given.options'),
      object: { bucket: source.bucketName, key: JsonPath.stringAt('$$.Map.Item.Value.Key') }
    },
    resultWriterV2: new ResultWriterV2({ bucket: output, prefix: RESULTS_PREFIX })
  })
  map.itemProcessor(createTask(scope, batch))
  const log = new LogGroup(scope, 'BackfillLog', { retention: RETENTION.logDays, removalPolicy: RemovalPolicy.DESTROY })
  const machine = new StateMachine(scope, 'Backfill', {
    comment: 'Posterframe: a thumbnail of every video that is there already',
    // The rights that the CDK would give reach over the whole output bucket.
    role: role.withoutPolicyUpdates(),
    definitionBody: DefinitionBody.fromChainable(defaults.next(input).next(map)),
    tracingEnabled: true,
    logs: { destination: log, level: LogLevel.ALL, includeExecutionData: false }
  })
  allowExecutions(role, machine)
  return machine
}

/** What is wrong with a video is a result; all else is tried again, and then a failure. */
function createTask (scope: Construct, batch: Function): LambdaInvoke {
  const task = new LambdaInvoke(scope, 'MakeThumbnail', {
    lambdaFunction: batch,
    payload: TaskInput.fromJsonPathAt('States.JsonMerge($.options, $.object, false)'),
    retryOnServiceExceptions: false,
    outputPath: '$.Payload',
    // Longer than the function may take, so that it is Lambda that ends it.
    taskTimeout: Timeout.duration(Duration.seconds(SIZES.batch.timeoutSeconds + 10))
  })
  const { intervalSeconds, backoffRate, maxAttempts, maxDelaySeconds } = BACKFILL.retries
  task.addRetry({
    errors: [...RETRYABLE_ERRORS],
    interval: Duration.seconds(intervalSeconds),
    backoffRate,
    maxAttempts,
    maxDelay: Duration.seconds(maxDelaySeconds),
    jitterStrategy: JitterType.FULL
  })
  task.addCatch(
    new Pass(scope, 'NoThumbnail', {
      parameters: { key: JsonPath.stringAt('$.object.key'), code: JsonPath.stringAt('$.failure.Error') }
    }),
    {
      errors: [...VIDEO_ERRORS],
      resultPath: '$.failure'
    }
  )
  return task
}
