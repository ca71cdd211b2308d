import { isPosterframeError, PosterframeError } from '../errors.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { Semaphore } from '../limits/semaphore.ts'
import type { ReadStats } from '../video/source/byte-source.ts'
import type { ObjectSourceOptions } from '../video/source/object-byte-source.ts'
import type { ObjectAddress, ObjectStore } from '../store/object-store.ts'
import { NO_RECORDER, type Recorder } from '../telemetry/recorder.ts'
import type { Tracer } from '../telemetry/tracer.ts'
import type { ExtractContext } from '../video/extract/extract-frame.ts'
import { readFailure, writeFailure } from './stored/failure-memory.ts'
import { claimUpload, type OpenedSource, openFrameSource } from './open-source.ts'
import { createEtagCache, peekIdentity, identifySource, type EtagCache } from './identify-source.ts'
import { failureKey } from './stored/output-key.ts'
import { createStepClock, type StepClock } from '../telemetry/step-clock.ts'
import type { MakeContext, StoredSource, UploadedSource } from './thumbnail.ts'
import type { Step } from '../telemetry/work.ts'
import type { SourceIdentity, IdentifiedSource } from './source-identity.ts'

/** What every use case needs to get at a source; every part is a port or a bound. */
export interface SourceParts {
  readonly store: ObjectStore
  /** How many makings may be under way; most of their time they wait for the store. */
  readonly admission: Semaphore
  /** How many may decode or encode at once. */
  readonly slots: Semaphore
  readonly scratch: Scratch
  readonly outputBucket: string
  readonly outputPrefix: string
  readonly sourceBuckets: readonly string[]
  /** What the keys of sources may begin with; anything unless given. */
  readonly sourcePrefixes?: readonly string[] | undefined
  readonly maxSourceBytes: number
  /** What use cases share of the sources that they met; each has its own unless given. */
  readonly etagCache?: EtagCache
  readonly recorder?: Recorder
  readonly tracer?: Tracer
  /** How much of a source may be read by ranges; a default that is enough for a frame unless given. */
  readonly readLimits?: Pick<ObjectSourceOptions, 'maxBytes' | 'maxRequests'>
}

/** One request at work on a source. */
export interface JobContext {
  readonly steps: StepClock
  readonly signal: AbortSignal
  readonly note: (message: string) => void
}

type Source = UploadedSource | StoredSource

/** The way of every use case to a source. */
export interface SourceAccess {
  /**
   * Runs what asks for a source; once more where it was overwritten meanwhile. The time of its steps is recorded,
   * however it ends.
   *
   * @throws PosterframeError `forbidden_bucket`, `forbidden_key`, and what the attempt throws
   */
  run<T>(source: Source, context: MakeContext, attempt: (job: JobContext) => Promise<T>): Promise<T>
  /** As `identifySource`. */
  identify(source: Source, signal: AbortSignal): Promise<IdentifiedSource>
  /** As `peekIdentity`. */
  peek(source: Source): SourceIdentity | undefined
  /** The failure that is remembered of a source. */
  readFailure(identity: SourceIdentity, signal: AbortSignal): Promise<PosterframeError | undefined>
  /**
   * Opens a source once there is room for one more making, in a directory of its own. A permanent failure is
   * remembered.
   */
  open<T>(
    source: IdentifiedSource,
    job: JobContext,
    task: (opened: OpenedSource, context: ExtractContext) => Promise<T>
  ): Promise<T>
}

/** Builds it. */
export function createSourceAccess (parts: SourceParts): SourceAccess {
  const {
    store,
    scratch,
    admission,
    slots,
    maxSourceBytes,
    etagCache = createEtagCache(),
    recorder = NO_RECORDER,
    tracer
  } = parts

  function failureAddress (identity: SourceIdentity): ObjectAddress {
    return { bucket: parts.outputBucket, key: failureKey({ prefix: parts.outputPrefix, source: identity }) }
  }

  return {
    async run (source, { signal, note = () => {} }, attempt) {
      assertSourceAllowed(source, parts)
      const job = { steps: createStepClock(tracer), signal, note }
      try {
        return await attempt(job)
      } catch (error) {
        if (!isPosterframeError(error, 'source_changed')) throw error
        return await attempt(job)
      } finally {
        for (const [step, ms] of Object.entries(job.steps.times)) recorder.timeStep(step as Step, ms / 1000)
      }
    },

    identify: (source, signal) =>
      identifySource(source, { store, etagCache, readLimits: parts.readLimits ?? {} }, signal),
    peek: (source) => peekIdentity(source, etagCache),
    readFailure: (identity, signal) => readFailure(store, failureAddress(identity), signal),

    async open (source, { steps, signal, note }, task) {
      try {
        return await scratch.withDirectory(async (directory) => {
          const claimed = await claimUpload(source, directory)
          return await admission.run(signal, async () => {
            const opened = await openFrameSource(claimed, { store, scratch, directory, signal, maxSourceBytes })
            try {
              return await task(opened, { signal, directory, steps, note, inSlot: (work) => slots.run(signal, work) })
            } finally {
              await opened.close()
            }
          })
        })
      } catch (error) {
        await writeFailure(store, failureAddress(source.identity), error, signal)
        throw error
      }
    }
  }
}

/** What it took to learn the version of the source. */
export function identificationStats (source: IdentifiedSource): ReadStats {
  if (!('reader' in source)) return { bytesRead: 0, requests: 0 }
  const { bytesRead, requests } = source.reader.stats
  return { bytesRead, requests: requests + source.headRequests }
}

function assertSourceAllowed (
  source: Source,
  { sourceBuckets, sourcePrefixes }: Pick<SourceParts, 'sourceBuckets' | 'sourcePrefixes'>
): void {
  if (source.kind !== 'stored') return
  if (!sourceBuckets.includes(source.bucket)) throw new PosterframeError('forbidden_bucket')
  if (sourcePrefixes?.some((prefix) => source.key.startsWith(prefix)) === false) {
    throw new PosterframeError('forbidden_key')
  }
}
