import { availableParallelism } from 'node:os'
import { createAuthentication } from './access/create-authentication.ts'
import type { Config } from './config/config.ts'
import { createPublishCompletion } from './events/publish-completion.ts'
import type { MessageQueue } from './events/message-queue.ts'
import { createSqsQueue } from './events/sqs-queue.ts'
import { createHandleMessage, type HandleMessage } from './events/handle-message.ts'
import { createJobs } from './jobs/create-jobs.ts'
import { openJobRecords } from './jobs/stored-job.ts'
import type { Scratch } from './limits/scratch.ts'
import { createSemaphore } from './limits/semaphore.ts'
import { type Machine, prepareMachine } from './runtime/prepare-machine.ts'
import { createCdnStore } from './store/cdn-store.ts'
import { createMeteredStore } from './store/metered-store.ts'
import type { ObjectStore } from './store/object-store.ts'
import type { StoreProbe } from './store/store-probe.ts'
import { loadTracer } from './telemetry/load-tracer.ts'
import { createDescribeSource } from './thumbnails/use-cases/describe-source.ts'
import { createEtagCache } from './thumbnails/identify-source.ts'
import { createHandleSourceChange, type HandleSourceChange } from './thumbnails/use-cases/handle-source-change.ts'
import { createMakeBatch } from './thumbnails/use-cases/make-batch.ts'
import { createMakePreview } from './thumbnails/use-cases/make-preview.ts'
import { createMakeStoryboard } from './thumbnails/use-cases/make-storyboard.ts'
import { createMakeThumbnail } from './thumbnails/use-cases/make-thumbnail.ts'
import { createUploads } from './uploads/create-uploads.ts'
import type { ChosenDecoder } from './video/decode/choose-decoder.ts'
import { createExtractFramesRanged } from './video/extract/extract-frames-ranged.ts'
import { createExtractRanged } from './video/extract/extract-ranged.ts'
import { createDescribeVideo } from './video/extract/describe-video.ts'
import { openDownloadedVideo } from './video/extract/full-download.ts'
import { createExtractFramesFull } from './video/extract/extract-frames-full.ts'
import { createExtractFull } from './video/extract/extract-full.ts'
import { createIndexCache } from './video/extract/index-cache.ts'
import { openIndex } from './video/demux/open-index.ts'
import type { Isolation } from './sandbox/isolation.ts'
import { createExtractFrames } from './video/extract/extract-frames.ts'
import { measurePicture } from './video/extract/measure-picture.ts'
import { scorePictures } from './video/extract/score-pictures.ts'
import { createExtractWithFallback } from './video/extract/extract-with-fallback.ts'
import manifest from '../package.json' with { type: 'json' }
import type { AppServices } from './http/services.ts'
import { loadEncoders } from './runtime/load-encoders.ts'
import { checkReadiness } from './runtime/readiness.ts'
import { openStores, type StoreOptions } from './open-stores.ts'

/** All services, without the HTTP layer. */
export interface Composition extends AppServices {
  readonly scratch: Scratch
  readonly decoder: ChosenDecoder
  readonly store: ObjectStore
  /** Undefined: the local store. */
  readonly probe: StoreProbe | undefined
  readonly isolation: Isolation
  readonly handleSourceChange: HandleSourceChange
  readonly handleMessage: HandleMessage
  /** The queue that this process consumes; the entry that starts the consumer closes it. */
  readonly messageQueue: MessageQueue | undefined
  /** Ends background jobs, workers and the tracer. Requests must have ended before. */
  close(): Promise<void>
}

/** Inputs that differ per entry point (server, Lambda, CLI). */
export interface ComposeOptions extends StoreOptions {
  /** The value of `PATH`, for finding ffmpeg. */
  readonly searchPath: string
  /** The prepared machine, if the entry has started that already; only without metrics. */
  readonly machine?: Promise<Machine>
  /**
   * True if the process lives long enough for metrics and traces, and loads at its start everything that it will
   * need.
   */
  readonly isLongLived: boolean
}

/**
 * Memory for cached indexes. An index takes about as much as the tables of its video track: 2 MB for two hours, 25 MB
 * for six hours at 60 frames a second.
 */
const INDEX_CACHE_BYTES = 32 * 1024 * 1024

/** A request spends about as long on I/O as on CPU, so twice as many are admitted as there are decode slots. */
const REQUESTS_PER_SLOT = 2

/**
 * Builds every part of the service; adapters are constructed only here and in `openStores`.
 *
 * @throws Error with a sentence for the operator if ffmpeg, scratch or the store's directory cannot be used
 */
export async function compose (config: Config, options: ComposeOptions): Promise<Composition> {
  const metrics = options.isLongLived ? (await import('./telemetry/prometheus.ts')).createPrometheus() : undefined
  const recorder = metrics === undefined ? {} : { recorder: metrics }
  const { scratch, isolation, decoder } = await (options.machine ??
    prepareMachine(config, { searchPath: options.searchPath, isEager: options.isLongLived, ...recorder }))
  const tracer = await loadTracer({
    endpoint: options.isLongLived ? config.otlpEndpoint : undefined,
    version: manifest.version
  })
  const { store: bareStore, uploadStore, uploadSecret, probe, ...local } = await openStores(config, options)
  const meteredStore = metrics === undefined ? bareStore : createMeteredStore(bareStore, metrics)
  const store =
    config.deliveryUrl === undefined
      ? meteredStore
      : createCdnStore(meteredStore, { bucket: config.outputBucket, baseUrl: config.deliveryUrl })

  // An admitted request waits for a slot and is never rejected there.
  const slots = createSemaphore({ slots: config.slots, queue: REQUESTS_PER_SLOT * config.slots })
  const admission = createSemaphore({ slots: REQUESTS_PER_SLOT * config.slots, queue: config.queue })
  // Background jobs may use at most half of the admitted requests, so they never starve interactive ones.
  const jobSlots = createSemaphore({ slots: config.slots, queue: config.queue })
  const jobs = createJobs({
    records: openJobRecords({ store, bucket: config.outputBucket, prefix: config.outputPrefix }),
    slots: jobSlots,
    maxJobs: config.slots + config.queue,
    timeoutMs: config.jobTimeoutMs,
    ...recorder
  })
  metrics?.watchSlots('decode', slots, config.slots)
  metrics?.watchSlots('request', admission, REQUESTS_PER_SLOT * config.slots)
  metrics?.watchSlots('job', jobSlots, config.slots)
  metrics?.watchScratch(() => scratch.measure())
  const decoding = {
    decoder: decoder.decoder,
    // A decode that runs alone has the whole machine.
    countThreads: () => Math.max(1, Math.floor(availableParallelism() / Math.max(1, slots.running))),
    maxPixels: config.maxPixels
  }
  const indexing = {
    ...decoding,
    openIndex,
    indexes: createIndexCache({ maxBytes: INDEX_CACHE_BYTES })
  }
  const extractRanged = createExtractRanged(indexing)
  const extractFrame = createExtractWithFallback({ extractRanged, extractFull: createExtractFull(decoding) })
  const extractFrames = createExtractFrames({
    extractRanged,
    together: createExtractFramesRanged(indexing),
    extractFull: createExtractFramesFull(decoding)
  })
  const describeVideo = createDescribeVideo(indexing, (source, context) =>
    openDownloadedVideo(source, decoding, context)
  )
  const sources = {
    store,
    scratch,
    admission,
    slots,
    tracer,
    ...recorder,
    outputBucket: config.outputBucket,
    outputPrefix: config.outputPrefix,
    sourceBuckets: config.sourceBuckets,
    sourcePrefixes: config.sourcePrefixes,
    maxSourceBytes: config.maxSourceBytes,
    etagCache: createEtagCache()
  }
  const encoders = await loadEncoders({ isEager: options.isLongLived })
  const products = { ...sources, ...encoders, describeVideo, extractFrames }
  const makeBatch = createMakeBatch(products)
  const { thumbnails, completionTarget, onSourceDeleted, queueUrl: url } = config.events
  const visibilitySeconds = config.events.queueVisibilitySeconds
  const credentials = options.awsCredentials
  const handleSourceChange = createHandleSourceChange({
    ...sources,
    makeBatch,
    thumbnails,
    onSourceDeleted,
    publishCompletion: completionTarget && createPublishCompletion(completionTarget, credentials)
  })

  return {
    decoder,
    store,
    probe,
    isolation,
    handleSourceChange,
    handleMessage: createHandleMessage({ ...sources, handleSourceChange }),
    messageQueue: url === undefined ? undefined : await createSqsQueue({ url, visibilitySeconds, credentials }),
    scratch,
    authenticate: createAuthentication(config.access),
    tracer,
    metrics,
    ...local,
    uploads: createUploads({
      ...config.uploads,
      store,
      uploadStore,
      sourcePrefixes: config.sourcePrefixes,
      secret: config.uploads.secret ?? uploadSecret
    }),
    jobs,
    makeThumbnail: createMakeThumbnail({ ...sources, extractFrame, ...encoders }),
    makeBatch,
    makeStoryboard: createMakeStoryboard(products),
    makePreview: createMakePreview({ ...products, measurePicture, scorePictures }),
    describeSource: createDescribeSource({ ...sources, describeVideo }),
    checkReadiness: (signal) => checkReadiness({ config, store, scratch, decoder, isolation }, signal),
    async close () {
      await jobs.close()
      await Promise.all([decoder.close(), tracer.close()])
    }
  }
}
