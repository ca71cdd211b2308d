import type { Context, S3BatchResult, S3BatchResultResult } from 'aws-lambda'
import { Type } from 'typebox'
import { createBodyCheck, createTextCheck } from '../check-input.ts'
import { isPosterframeError, PosterframeError } from '../errors.ts'
import { startDeadline } from '../limits/deadline.ts'
import type { HandleSourceChange } from '../thumbnails/use-cases/handle-source-change.ts'
import { requestOptions } from '../options/option-schemas.ts'
import { completeOptions } from '../options/thumbnail-options.ts'
import { expandPreset, type PresetOptions, type Presets } from '../options/presets.ts'
import type { MakeThumbnail, Thumbnail } from '../thumbnails/thumbnail.ts'
import { nameError } from './name-error.ts'
import { decodeFormKey } from './read-events.ts'
import type { WriteLog } from './write-log.ts'

/** What the function needs. */
export interface HandleBatchParts {
  readonly handleSourceChange: HandleSourceChange
  readonly makeThumbnail: MakeThumbnail
  readonly presets: Presets
  /** The bucket of a task that names none. */
  readonly defaultBucket: string
  readonly timeoutMs: number
  readonly log: WriteLog
}

/**
 * A job of S3 Batch Operations, in both versions of its schema: in the second it names the bucket, and arguments of
 * the job.
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

const RESERVE_MS = 1000
/** What a report of S3 Batch Operations has room for. */
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
 * Builds the `batch` function: answers S3 Batch Operations
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html) and tasks of Step Functions. A
 * task `{bucket, key, ...options}` gets what `POST /v1/thumbnails` answers, and throws errors whose `name` is their
 * code.
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
      return isS3Batch(event) ? await answerJob(event, deadline.signal) : await makeOne(event, deadline.signal)
    } finally {
      deadline.clear()
    }
  }

  async function answerJob (
    { invocationSchemaVersion, invocationId, job, tasks }: S3BatchJob,
    signal: AbortSignal
  ): Promise<S3BatchResult> {
    const results = await Promise.all(tasks.map(async (task) => await runTask(task, job.userArguments ?? {}, signal)))
    return { invocationSchemaVersion, treatMissingKeysAs: 'PermanentFailure', invocationId, results }
  }

  async function runTask (
    { taskId, s3Key, s3BucketArn = '', s3Bucket }: S3BatchJob['tasks'][number],
    userArguments: Readonly<Record<string, string>>,
    signal: AbortSignal
  ): Promise<S3BatchResultResult> {
    try {
      const source = {
        bucket: s3Bucket ?? s3BucketArn.slice(s3BucketArn.lastIndexOf(':') + 1),
        key: decodeFormKey(s3Key)
      }
      const said =
        Object.keys(userArguments).length === 0
          ? await followOne(source, signal)
          : await makeByArguments(source, userArguments, signal)
      return { taskId, resultCode: 'Succeeded', resultString: said.slice(0, MAX_RESULT_LENGTH) }
    } catch (error) {
      const isPermanent = isPosterframeError(error) && !error.retryable
      log(isPermanent ? 'warn' : 'error', 'a task failed', { taskId, s3Key, error })
      const code = isPosterframeError(error) ? error.code : 'internal_error'
      return {
        taskId,
        resultCode: isPermanent ? 'PermanentFailure' : 'TemporaryFailure',
        resultString: `${code}: ${isPosterframeError(error) ? error.message : 'see the log'}`.slice(
          0,
          MAX_RESULT_LENGTH
        )
      }
    }
  }

  /** Without arguments a job does what an event of the object would. */
  async function followOne (
    source: { readonly bucket: string, readonly key: string },
    signal: AbortSignal
  ): Promise<string> {
    const followed = await handleSourceChange({ kind: 'created', ...source }, { signal })
    if (followed.kind !== 'made') return `skipped: ${followed.kind === 'skipped' ? followed.reason : followed.kind}`
    const failed = followed.completions.flatMap((completion) => ('problem' in completion ? [completion.problem] : []))
    const [first] = failed
    if (first !== undefined) throw new PosterframeError(first.code, { detail: String(first['detail']) })
    return followed.completions.flatMap((completion) => ('alias' in completion ? [completion.alias.key] : [])).join(' ')
  }

  async function makeByArguments (
    source: { readonly bucket: string, readonly key: string },
    userArguments: Readonly<Record<string, string>>,
    signal: AbortSignal
  ): Promise<string> {
    const checked = checkArguments(userArguments)
    if ('error' in checked) throw checked.error
    return (await make(source, checked.value, signal)).key
  }

  async function makeOne (event: unknown, signal: AbortSignal): Promise<Thumbnail> {
    try {
      const checked = checkTask(event)
      if ('error' in checked) throw checked.error
      const { key, bucket = defaultBucket, ...options } = checked.value
      return await make({ bucket, key }, options, signal)
    } catch (error) {
      throw nameError(error)
    }
  }

  async function make (
    source: { readonly bucket: string, readonly key: string },
    options: PresetOptions,
    signal: AbortSignal
  ): Promise<Thumbnail> {
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
