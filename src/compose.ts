import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { createApiKeyCheck } from './access/api-keys.ts'
import { type Authenticate, createAuthenticate } from './access/authenticate.ts'
import { createTokenCheck } from './access/tokens.ts'
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
import { createDeliveredStore } from './store/cdn-store.ts'
import { loadLocalSecret, openLocalRoot } from './store/local/local-root.ts'
import { createLocalStore } from './store/local/local-store.ts'
import { createLocalUploadStore } from './store/local/local-upload-store.ts'
import { createMeteredStore } from './store/metered-store.ts'
import type { ObjectStore } from './store/object-store.ts'
import { type AwsCredentials, createS3Client, createS3Store } from './store/s3/s3-store.ts'
import { createS3UploadStore } from './store/s3/s3-upload-store.ts'
import type { UploadStore } from './store/upload-store.ts'
import { loadTracer } from './telemetry/load-tracer.ts'
import { createDescribeSource } from './thumbnails/use-cases/describe-source.ts'
import { createEtagCache } from './thumbnails/identify-source.ts'
import { createHandleSourceChange, type HandleSourceChange } from './thumbnails/use-cases/handle-source-change.ts'
import { createMakeBatch } from './thumbnails/use-cases/make-batch.ts'
import { createMakePreview, type MakePreviewParts } from './thumbnails/use-cases/make-preview.ts'
import { createMakeStoryboard, type MakeStoryboardParts } from './thumbnails/use-cases/make-storyboard.ts'
import { createMakeThumbnail, type MakeThumbnailParts } from './thumbnails/use-cases/make-thumbnail.ts'
import { createUploads } from './uploads/create-uploads.ts'
import type { ChosenDecoder } from './video/decode/choose-decoder.ts'
import { createExtractFramesRanged } from './video/extract/extract-frames-ranged.ts'
import { createExtractRanged } from './video/extract/extract-ranged.ts'
import { createDescribeVideo } from './video/extract/describe-video.ts'
import { createExtractFramesFull } from './video/extract/extract-frames-full.ts'
import { openDownloadedVideo } from './video/extract/full-download.ts'
import { createExtractFull } from './video/extract/extract-full.ts'
import { createIndexCache } from './video/extract/index-cache.ts'
import { createMatroskaWorkers } from './video/demux/matroska/matroska-workers.ts'
import { createOpenIndex } from './video/demux/open-index.ts'
import type { Isolation } from './sandbox/isolation.ts'
import { createExtractFrames } from './video/extract/extract-frames.ts'
import { measurePicture } from './video/extract/measure-picture.ts'
import { scorePictures } from './video/extract/score-pictures.ts'
import { createExtractWithFallback } from './video/extract/extract-with-fallback.ts'
import manifest from '../package.json' with { type: 'json' }
import type { AppServices, Readiness } from './http/services.ts'

/** The whole service but its HTTP face. */
export interface Composition extends AppServices {
  readonly scratch: Scratch
  readonly decoder: ChosenDecoder
  readonly store: ObjectStore
  readonly isolation: Isolation
  readonly handleSourceChange: HandleSourceChange
  readonly handleMessage: HandleMessage
  /** Whose messages this process takes; whoever does closes it. */
  readonly messageQueue: MessageQueue | undefined
  /** Ends what runs beside the requests; they must have ended by then. */
  close(): Promise<void>
}

/** What only an entry can know. */
export interface Surroundings {
  /** The value of `PATH`, where ffmpeg is looked for. */
  readonly searchPath: string
  /** The base of the local store's signed URLs, asked for once the service listens. */
  readonly publicUrl: () => string
  /** Those that stood in the environment, which no longer holds them. */
  readonly awsCredentials?: AwsCredentials | undefined
  /** What was found on the machine, where somebody looked already; only where nothing is watched. */
  readonly machine?: Promise<Machine>
  /**
   * Whether this process lives long enough to be watched, by Prometheus and by traces where they are configured, and
   * to load at its start what it will need.
   */
  readonly isWatched: boolean
}

/**
 * An index takes about as much as the tables of the video track: 2 MB for two hours, 25 MB for six at 60 pictures a
 * second, little for most.
 */
const INDEX_CACHE_BYTES = 32 * 1024 * 1024

/** A making waits for the store about as long as it needs a processor. */
const MAKINGS_PER_SLOT = 2

/**
 * Builds every part of the service; the only place where adapters are made.
 *
 * @throws Error with a sentence for the operator where ffmpeg, scratch or the store's directory cannot be used
 */
export async function compose (config: Config, surroundings: Surroundings): Promise<Composition> {
  const metrics = surroundings.isWatched ? (await import('./telemetry/prometheus.ts')).createPrometheus() : undefined
  const { scratch, isolation, decoder } = await (surroundings.machine ??
    prepareMachine(config, { searchPath: surroundings.searchPath, recorder: metrics }))
  const tracer = await loadTracer({
    endpoint: surroundings.isWatched ? config.otlpEndpoint : undefined,
    version: manifest.version
  })
  const { store: bareStore, uploadStore, uploadSecret, ...local } = await createStores(config, surroundings)
  const meteredStore = metrics === undefined ? bareStore : createMeteredStore(bareStore, metrics)
  const store =
    config.deliveryUrl === undefined
      ? meteredStore
      : createDeliveredStore(meteredStore, { bucket: config.outputBucket, baseUrl: config.deliveryUrl })
  // Whoever was admitted waits its turn here and is not turned away.
  const slots = createSemaphore({ slots: config.slots, queue: MAKINGS_PER_SLOT * config.slots })
  const admission = createSemaphore({ slots: MAKINGS_PER_SLOT * config.slots, queue: config.queue })
  // Half of the makings at most, so that whoever waits for an answer is not behind work that nobody waits for.
  const jobSlots = createSemaphore({ slots: config.slots, queue: config.queue })
  const jobs = createJobs({
    records: openJobRecords({ store, bucket: config.outputBucket, prefix: config.outputPrefix }),
    slots: jobSlots,
    maxJobs: config.slots + config.queue,
    timeoutMs: config.jobTimeoutMs,
    ...(metrics === undefined ? {} : { recorder: metrics })
  })
  metrics?.watchSlots('decode', slots, config.slots)
  metrics?.watchSlots('making', admission, MAKINGS_PER_SLOT * config.slots)
  metrics?.watchSlots('job', jobSlots, config.slots)
  metrics?.watchScratch(() => scratch.measure())
  const decoding = {
    decoder: decoder.decoder,
    // Whoever decodes alone has the whole machine.
    countThreads: () => Math.max(1, Math.floor(availableParallelism() / Math.max(1, slots.running))),
    maxPixels: config.maxPixels
  }
  const workers = createMatroskaWorkers()
  const indexing = {
    ...decoding,
    openIndex: createOpenIndex({ workers }),
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
    ...(metrics === undefined ? {} : { recorder: metrics }),
    outputBucket: config.outputBucket,
    outputPrefix: config.outputPrefix,
    sourceBuckets: config.sourceBuckets,
    sourcePrefixes: config.sourcePrefixes,
    maxSourceBytes: config.maxSourceBytes,
    etagCache: createEtagCache()
  }
  const encoders = await openEncoders(surroundings)
  const makeBatch = createMakeBatch({ ...sources, extractFrames, ...encoders })
  const { thumbnails, completionTarget, onSourceDeleted, queueUrl, queueVisibilitySeconds } = config.events
  const publishCompletion =
    completionTarget === undefined ? undefined : createPublishCompletion(completionTarget, surroundings.awsCredentials)
  const handleSourceChange = createHandleSourceChange({
    ...sources,
    makeBatch,
    thumbnails,
    onSourceDeleted,
    publishCompletion
  })

  return {
    decoder,
    store,
    isolation,
    handleSourceChange,
    handleMessage: createHandleMessage({ ...sources, handleSourceChange }),
    messageQueue:
      queueUrl === undefined
        ? undefined
        : await createSqsQueue({
          url: queueUrl,
          visibilitySeconds: queueVisibilitySeconds,
          credentials: surroundings.awsCredentials
        }),
    scratch,
    authenticate: composeAuthentication(config),
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
    makeStoryboard: createMakeStoryboard({ ...sources, describeVideo, extractFrames, ...encoders }),
    makePreview: createMakePreview({
      ...sources,
      describeVideo,
      extractFrames,
      measurePicture,
      scorePictures,
      ...encoders
    }),
    describeSource: createDescribeSource({ ...sources, describeVideo }),
    checkReadiness: (signal) => checkReadiness({ config, store, scratch, decoder, isolation }, signal),
    async close () {
      await jobs.close()
      await Promise.all([decoder.close(), workers.close(), tracer.close()])
    }
  }
}

type Encoders = Pick<MakeThumbnailParts, 'encodeImage'> &
  Pick<MakePreviewParts, 'encodeAnimation'> &
  Pick<MakeStoryboardParts, 'createSheets'>

/**
 * All that stands on sharp, which takes a tenth of a function's cold start: whoever answers with what is there
 * already needs none of it. What stays loads it at once, and tells at its start where it cannot.
 */
async function openEncoders ({ isWatched }: Surroundings): Promise<Encoders> {
  if (isWatched) await import('./video/image/encode-image.ts')
  return {
    encodeImage: async (frame, options) =>
      await (await import('./video/image/encode-image.ts')).encodeImage(frame, options),
    encodeAnimation: async (frames, options) =>
      await (await import('./video/image/animation.ts')).encodeAnimation(frames, options),
    createSheets: async (tile, columns) => (await import('./video/image/sprite-sheet.ts')).createSheets(tile, columns)
  }
}

function composeAuthentication ({ access: { methods, apiKeys, tokenIssuer } }: Config): Authenticate | undefined {
  if (methods.includes('none')) return undefined
  return createAuthenticate({
    checkApiKey: methods.includes('api-key') ? createApiKeyCheck(apiKeys) : undefined,
    checkToken: tokenIssuer === undefined ? undefined : createTokenCheck(tokenIssuer)
  })
}

interface Stores extends Pick<AppServices, 'objects' | 'localUploads'> {
  readonly store: ObjectStore
  readonly uploadStore: UploadStore
  /** Signs the tokens of uploads where the configuration has no secret. */
  readonly uploadSecret: Uint8Array | undefined
}

async function createStores (config: Config, { publicUrl, awsCredentials }: Surroundings): Promise<Stores> {
  if (config.store === 's3') {
    const client = createS3Client({ forcePathStyle: config.s3ForcePathStyle, credentials: awsCredentials })
    const options = { client, encryption: config.s3Encryption, expectedBucketOwner: config.s3ExpectedBucketOwner }
    const uploadSecret = config.uploads.mayMakeSecret ? randomBytes(32) : undefined
    return { store: createS3Store(options), uploadStore: createS3UploadStore(options), uploadSecret }
  }
  const objects = await createLocalStore({
    directory: config.localDir,
    buckets: [...config.sourceBuckets, config.outputBucket],
    publicUrl
  })
  const root = await openLocalRoot(config.localDir)
  const localUploads = await createLocalUploadStore(root, { publicUrl })
  return {
    store: objects,
    objects,
    uploadStore: localUploads,
    localUploads,
    uploadSecret: await loadLocalSecret(root, 'upload-secret')
  }
}

async function checkReadiness (
  {
    config,
    store,
    scratch,
    decoder,
    isolation
  }: { config: Config, store: ObjectStore, scratch: Scratch, decoder: ChosenDecoder, isolation: Isolation },
  signal: AbortSignal
): Promise<Readiness> {
  const buckets = [...new Set([config.outputBucket, ...config.sourceBuckets])]
  const [storeCheck, scratchCheck, decoderCheck] = await Promise.all([
    check(() => Promise.all(buckets.map((bucket) => store.check(bucket, { signal })))),
    check(() => scratch.check()),
    check(() => scratch.withDirectory((directory) => decoder.check({ directory, signal })), decoder.description)
  ])
  const checks = {
    store: storeCheck,
    scratch: scratchCheck,
    decoder: decoderCheck,
    isolation: { ok: true, detail: isolation.description }
  }
  return { ready: Object.values(checks).every(({ ok }) => ok), checks }
}

async function check (task: () => Promise<unknown>, detail?: string): Promise<Readiness['checks'][string]> {
  try {
    await task()
    return { ok: true, ...(detail === undefined ? {} : { detail }) }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : 'failed' }
  }
}
