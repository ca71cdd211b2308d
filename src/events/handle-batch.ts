import type { Context, S3BatchResult, S3BatchResultResult } from 'aws-lambda'
import { Type } from 'typebox'
import { createBodyCheck, createTextCheck } from '../input/check-input.ts'
import { isPosterframeError, PosterframeError } from '../errors.ts'
import { startDeadline } from '../limits/deadline.ts'
import { requestOptions } from '../options/option-schemas.ts'
import { expandPreset, type PresetOptions, type Presets } from '../options/presets.ts'
import { completeOptions } from '../options/thumbnail-options.ts'
import type { ObjectLocation } from '../store/object-store.ts'
import type { MakeThumbnail, Thumbnail } from '../thumbnails/thumbnail.ts'
import type { HandleSourceChange } from '../thumbnails/use-cases/handle-source-change.ts'
import { nameErrorByCode } from './handle-events.ts'
import { decodeFormKey } from './read-events.ts'
import type { WriteLog } from './write-log.ts'

/** Dependencies of {@link createHandleBatch}. */
export interface HandleBatchParts {
  readonly handleSourceChange: HandleSourceChange
  readonly makeThumbnail: MakeThumbnail
  readonly presets: Presets
  /** Bucket of a task that names none. */
  readonly defaultBucket: string
  readonly timeoutMs: number
  readonly log: WriteLog
}

/**
 * A job of S3 Batch Operations in either version of its schema. In version 2.0 tasks name the bucket instead of its
 * ARN, and the job may have arguments.
 */
interface S3BatchJob {
  readonly invocationSchemaVersion: string
  readonly invocationId: string
  readonly job: { readonly id: string, readonly userArguments?: Readonly<Record<string, string>> | null }
  readonly tasks: ReadonlyArray<{
    readonly taskId: string
    readonly s3Key: string
    readonly s3BucketArn?: string
    readonly s3Bucket?: string
  }>
}

/** Time of an invocation that is reserved for the response. */
const RESERVE_MS = 1000
/** Length of a result in the report of S3 Batch Operations. */
const MAX_RESULT_LENGTH = 1000
const bucketName = Type.String({ minLength: 1 })
const checkTask = createBodyCheck(
  Type.Object(
    { key: Type.String({ minLength: 1 }), bucket: Type.Optional(bucketName), ...requestOptions },
    { additionalProperties: false }
  )
)
const checkArguments = createTextCheck(Type.Object(requestOptions, { additionalProperties: false }))

/**
 * Creates the `batch` function, which runs jobs of S3 Batch Operations
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html) and tasks of Step Functions. A
 * task `{bucket, key, ...options}` returns the response of `POST /v1/thumbnails`, and throws errors whose `name` is
 * their code.
 */
export function createHandleBatch ({
  handleSourceChange,
  makeThumbnail,
  presets,
  defaultBucket,
  timeoutMs,
  log
}: HandleBatchParts) {
  return async (
    event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'>
  ): Promise<S3BatchResult | Thumbnail> => {
    const deadline = startDeadline(Math.min(timeoutMs, context.getRemainingTimeInMillis() - RESERVE_MS))
    try {
      return isS3Batch(event) ? await runBatchJob(event, deadline.signal) : await runTask(event, deadline.signal)
    } finally {
      deadline.clear()
    }
  }

  async function runBatchJob (
    { invocationSchemaVersion, invocationId, job, tasks }: S3BatchJob,
    signal: AbortSignal
  ): Promise<S3BatchResult> {
    const results = await Promise.all(
      tasks.map(async (task) => await runBatchTask(task, job.userArguments ?? {}, signal))
    )
    return { invocationSchemaVersion, treatMissingKeysAs: 'PermanentFailure', invocationId, results }
  }

  async function runBatchTask (
    { taskId, s3Key, s3BucketArn = '', s3Bucket }: S3BatchJob['tasks'][number],
    userArguments: Readonly<Record<string, string>>,
    signal: AbortSignal
  ): Promise<S3BatchResultResult> {
    try {
      const source = {
        bucket: s3Bucket ?? s3BucketArn.slice(s3BucketArn.lastIndexOf(':') + 1),
        key: decodeFormKey(s3Key)
      }
      const result =
        Object.keys(userArguments).length === 0
          ? await makeNamedThumbnails(source, signal)
          : await makeByArguments(source, userArguments, signal)
      return { taskId, resultCode: 'Succeeded', resultString: result.slice(0, MAX_RESULT_LENGTH) }
    } catch (error) {
      const isPermanent = isPosterframeError(error) && !error.retryable
      log(isPermanent ? 'warn' : 'error', 'task failed', { taskId, s3Key, error })
      const result = isPosterframeError(error) ? `${error.code}: ${error.message}` : 'internal_error: see the log'
      return {
        taskId,
        resultCode: isPermanent ? 'PermanentFailure' : 'TemporaryFailure',
        resultString: result.slice(0, MAX_RESULT_LENGTH)
      }
    }
  }

  /** Handles a task without arguments as an event of the object. */
  async function makeNamedThumbnails (source: ObjectLocation, signal: AbortSignal): Promise<string> {
    const outcome = await handleSourceChange({ kind: 'created', ...source }, { signal })
    if (outcome.kind !== 'made') return `skipped: ${outcome.kind === 'skipped' ? outcome.reason : outcome.kind}`
    const problems = outcome.completions.flatMap((completion) => ('problem' in completion ? [completion.problem] : []))
    const [first] = problems
    if (first !== undefined) throw new PosterframeError(first.code, { detail: String(first['detail']) })
    return outcome.completions.flatMap((completion) => ('alias' in completion ? [completion.alias.key] : [])).join(' ')
  }

  async function makeByArguments (
    source: ObjectLocation,
    userArguments: Readonly<Record<string, string>>,
    signal: AbortSignal
  ): Promise<string> {
    const checked = checkArguments(userArguments)
    if ('error' in checked) throw checked.error
    return (await make(source, checked.value, signal)).key
  }

  async function runTask (event: unknown, signal: AbortSignal): Promise<Thumbnail> {
    try {
      const checked = checkTask(event)
      if ('error' in checked) throw checked.error
      const { key, bucket = defaultBucket, ...options } = checked.value
      return await make({ bucket, key }, options, signal)
    } catch (error) {
      if (!isPosterframeError(error)) log('error', 'task failed', { error })
      throw nameErrorByCode(error)
    }
  }

  async function make (source: ObjectLocation, options: PresetOptions, signal: AbortSignal): Promise<Thumbnail> {
    const { thumbnail } = await makeThumbnail(
      { source: { kind: 'stored', ...source }, options: completeOptions(expandPreset(presets, options)) },
      { signal }
    )
    return thumbnail
  }
}

function isS3Batch (event: unknown): event is S3BatchJob {
  return (
    typeof event === 'object' &&
    event !== null &&
    'invocationSchemaVersion' in event &&
    'tasks' in event &&
    Array.isArray(event.tasks)
  )
}
