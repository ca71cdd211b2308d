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

test('the state machine is one that Step Functions takes', () => {
  const { isValid, errorsText } = validate(definition)
  assert.ok(isValid, errorsText('\n'))
  assert.equal(validate({ ...definition, StartAt: 'Nowhere' }).isValid, false, 'is able to fail')
})

test('it maps over the objects of the source bucket, children of the cheap kind', () => {
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
    'the flag of the CDK is set, without which it drops the writer'
  )
})

test('what a task gets is the object and the options, flat, and the object goes before', () => {
  const task = definition.States.EachObject.ItemProcessor.States.MakeThumbnail
  assert.equal(task.Parameters['Payload.$'], 'States.JsonMerge($.options, $.object, false)')
  assert.ok(task.TimeoutSeconds > SIZES.batch.timeoutSeconds)
})

test("it tries again by name what may succeed later, and takes what is the video's own for a result", () => {
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
  // Its execution has five minutes; what is tried again after all its time has passed is not tried for ever.
  assert.ok(2 * SIZES.batch.timeoutSeconds + BACKFILL.retries.intervalSeconds < 300)
})

test('its log holds no data', () => {
  assert.equal(LoggingConfiguration.IncludeExecutionData, false)
})
