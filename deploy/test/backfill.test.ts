import assert from 'node:assert/strict'
import { test } from 'node:test'
import validate from 'asl-validator'
import { ERROR_CATALOGUE } from '../../src/errors.ts'
import { RETRYABLE_ERRORS, VIDEO_ERRORS } from '../backfill-errors.ts'
import { BACKFILL, SIZES } from '../sizes.ts'
import { flatten, synthesise } from './synthesise.ts'

const made = synthesise()
const { DefinitionString, LoggingConfiguration } = made.one('AWS::StepFunctions::StateMachine', 'Backfill')
const definition = JSON.parse(
  flatten(DefinitionString)
    .replace('<AWS::Partition>', 'aws')
    .replace(/<BatchFunction\w+\.Arn>/, 'arn:aws:lambda:eu-central-1:111111111111:function:batch')
    .replace(/arn:<AWS::Partition>/g, 'arn:aws')
)

test('the state machine is valid', () => {
  const { isValid, errorsText } = validate(definition)
  assert.ok(isValid, errorsText('\n'))
  assert.equal(validate({ ...definition, StartAt: 'Nowhere' }).isValid, false, 'the validator rejects an invalid one')
})

test('maps over the objects of the source bucket with express child executions', () => {
  const { ItemReader, ItemSelector, ItemProcessor, MaxConcurrency, ToleratedFailurePercentage, ResultWriter } =
    definition.States.EachObject
  assert.deepEqual(ItemReader, {
    Resource: 'arn:aws:states:::s3:listObjectsV2',
    Parameters: { Bucket: ItemSelector.object.bucket, 'Prefix.$': '$.given.prefix' }
  })
  assert.match(ItemSelector.object.bucket, /^<Sources/)
  assert.deepEqual(ItemProcessor.ProcessorConfig, { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' })
  assert.ok(MaxConcurrency <= SIZES.batch.concurrency)
  assert.equal(ToleratedFailurePercentage, BACKFILL.toleratedFailurePercentage)
  assert.equal(
    ResultWriter.Parameters.Prefix,
    'jobs/backfill',
    'the CDK drops the result writer unless its feature flag is set'
  )
})

test('passes the options and the object to a task as one flat object, in which the object wins', () => {
  const task = definition.States.EachObject.ItemProcessor.States.MakeThumbnail
  assert.equal(task.Parameters['Payload.$'], 'States.JsonMerge($.options, $.object, false)')
  assert.ok(task.TimeoutSeconds > SIZES.batch.timeoutSeconds)
})

test('retries errors that may pass, and turns errors of the video into results', () => {
  const {
    Retry: [retry, ...others],
    Catch: [caught, ...more]
  } = definition.States.EachObject.ItemProcessor.States.MakeThumbnail
  assert.deepEqual([others, more], [[], []])
  const retryable = Object.entries(ERROR_CATALOGUE)
    .filter(([, entry]) => entry.retryable)
    .map(([code]) => code)
  assert.deepEqual(
    retry.ErrorEquals.filter((name: string) => !name.startsWith('Lambda.')),
    retryable
  )
  assert.deepEqual(caught.ErrorEquals, [...VIDEO_ERRORS])
  for (const code of VIDEO_ERRORS) assert.equal(ERROR_CATALOGUE[code].retryable, false, code)
  assert.deepEqual(
    VIDEO_ERRORS.filter((code) => RETRYABLE_ERRORS.includes(code)),
    []
  )
  // An express execution ends after five minutes, which leaves time for one retry of a task that timed out.
  assert.ok(2 * SIZES.batch.timeoutSeconds + BACKFILL.retries.intervalSeconds < 300)
})

test('logs no execution data', () => {
  assert.equal(LoggingConfiguration.IncludeExecutionData, false)
})
