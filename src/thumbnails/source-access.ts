import { forbiddenBucketError, forbiddenKeyError } from '../access/scope.ts'
import { isPosterframeError, type PosterframeError } from '../errors.ts'
import { exhaustionError } from '../limits/exhaustion.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { Semaphore } from '../limits/semaphore.ts'
import type { ObjectLocation, ObjectStore } from '../store/object-store.ts'
import { NO_RECORDER, type Recorder } from '../telemetry/recorder.ts'
import { createStepClock, type StepClock } from '../telemetry/step-clock.ts'
import type { Tracer } from '../telemetry/tracer.ts'
import type { Step } from '../telemetry/work.ts'
import type { ExtractContext } from '../video/extract/extract-frame.ts'
import type { ReadStats } from '../video/source/byte-source.ts'
import type { ObjectSourceOptions } from '../video/source/object-byte-source.ts'
import { createEtagCache, type EtagCache, identifySource, peekIdentity } from './identify-source.ts'
import { claimUpload, type OpenedSource, openFrameSource } from './open-source.ts'
import type { IdentifiedSource, SourceIdentity } from './source-identity.ts'
import { nameSource } from './name-source.ts'
import { readFailure, writeFailure } from './stored/stored-failure.ts'
import { failureKey } from './stored/output-key.ts'
import type { MakeContext, StoredSource, UploadedSource } from './thumbnail.ts'

/** Dependencies of every use case on a source; each is a port or a limit. */
export interface SourceParts {
  readonly store: ObjectStore
  /** Bounds the jobs that are at work at once; a job spends most of its time on I/O. */
  readonly admission: Semaphore
  /** Bounds the decodes and encodes that run at once. */
  readonly slots: Semaphore
  readonly scratch: Scratch
  readonly outputBucket: string
  readonly outputPrefix: string
  readonly sourceBuckets: readonly string[]
  /** Prefixes that keys of sources must have one of. Default: any key. */
  readonly sourcePrefixes?: readonly string[] | undefined
  readonly maxSourceBytes: number
  /** ETag cache that use cases share. Default: one for each use case. */
  readonly etagCache?: EtagCache
  readonly recorder?: Recorder
  readonly tracer?: Tracer
  /** Limits of what a job may read of a source by ranges. Default: enough for one frame. */
  readonly readLimits?: Pick<ObjectSourceOptions, 'maxBytes' | 'maxRequests'>
}

/** One admitted request at work on a source. */
export interface JobContext {
  readonly steps: StepClock
  readonly signal: AbortSignal
  readonly note: (message: string) => void
}

type Source = UploadedSource | StoredSource

/**
 * Access of use cases to sources. A use case calls `run`, and within its task, in this order: `peek` (optional),
 * `identify`, `readFailure` and, if it has to read the video, `open`.
 */
export interface SourceAccess {
  /**
   * Runs `task`, and retries it once if the source was overwritten during the run. Records the time that the steps of
   * the job took, also if it fails.
   *
   * @throws PosterframeError `forbidden_bucket`, `forbidden_key`, and the errors of `task`
   */
  run<T>(source: Source, context: MakeContext, task: (job: JobContext) => Promise<T>): Promise<T>
  /** Returns the identity of a source from the ETag cache; see `peekIdentity`. */
  peek(source: Source): SourceIdentity | undefined
  /** Determines the version of a source; see `identifySource`. */
  identify(source: Source, signal: AbortSignal): Promise<IdentifiedSource>
  /** Returns the permanent failure that is remembered of a source. */
  readFailure(identity: SourceIdentity, signal: AbortSignal): Promise<PosterframeError | undefined>
  /**
   * Opens a source and runs `task` on it, in this order: creates a scratch directory, links an upload into it, waits
   * for admission, opens the source, runs `task`. Then closes the source, ends the admission, remembers a permanent
   * failure and removes the directory, whatever the outcome.
   */
  open<T>(source: IdentifiedSource, job: JobContext, task: OpenedTask<T>): Promise<T>
}

type OpenedTask<T> = (opened: OpenedSource, context: ExtractContext) => Promise<T>

/** Creates the access of one use case to sources. */
export function createSourceAccess (parts: SourceParts): SourceAccess {
  const { store, scratch, admission, slots, etagCache = createEtagCache(), recorder = NO_RECORDER } = parts

  function failureLocation (identity: SourceIdentity): ObjectLocation {
    return { bucket: parts.outputBucket, key: failureKey({ prefix: parts.outputPrefix, source: identity }) }
  }

  async function runOpened<T> (
    source: IdentifiedSource,
    directory: string,
    { steps, signal, note }: JobContext,
    task: OpenedTask<T>
  ): Promise<T> {
    const { maxSourceBytes } = parts
    const opened = await openFrameSource(source, { store, scratch, directory, signal, maxSourceBytes })
    try {
      return await task(opened, { signal, directory, steps, note, inSlot: (work) => slots.run(signal, work) })
    } finally {
      await opened.close()
    }
  }

  return {
    async run (source, { signal, note = () => {} }, task) {
      assertSourceAllowed(source, parts)
      const job = { steps: createStepClock(parts.tracer), signal, note }
      try {
        return await retryOnSourceChange(() => task(job))
      } catch (error) {
        throw nameSource(exhaustionError(error) ?? error, source, parts.outputBucket)
      } finally {
        for (const [step, ms] of Object.entries(job.steps.times)) recorder.timeStep(step as Step, ms / 1000)
      }
    },

    peek: (source) => peekIdentity(source, etagCache),
    identify: (source, signal) =>
      identifySource(source, { store, etagCache, readLimits: parts.readLimits ?? {} }, signal),
    readFailure: (identity, signal) => readFailure(store, failureLocation(identity), signal),

    async open (source, job, task) {
      const directory = await scratch.openDirectory()
      try {
        const claimed = await claimUpload(source, directory.path)
        return await admission.run(job.signal, () => runOpened(claimed, directory.path, job, task))
      } catch (error) {
        await writeFailure(store, failureLocation(source.identity), error, job.signal)
        throw error
      } finally {
        await directory.close()
      }
    }
  }
}

/** Returns the bytes and requests that determining the version of a source took. */
export function identificationStats (source: IdentifiedSource): ReadStats {
  if (!('reader' in source)) return { bytesRead: 0, requests: 0 }
  const { bytesRead, requests } = source.reader.stats
  return { bytesRead, requests: requests + source.headRequests }
}

async function retryOnSourceChange<T> (task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (!isPosterframeError(error, 'source_changed')) throw error
    return await task()
  }
}

function assertSourceAllowed (
  source: Source,
  { sourceBuckets, sourcePrefixes }: Pick<SourceParts, 'sourceBuckets' | 'sourcePrefixes'>
): void {
  if (source.kind !== 'stored') return
  if (!sourceBuckets.includes(source.bucket)) throw forbiddenBucketError(source.bucket)
  if (sourcePrefixes?.some((prefix) => source.key.startsWith(prefix)) === false) throw forbiddenKeyError(source.key)
}
