import type { Config } from '../config/config.ts'
import type { ObjectLocation, ObjectStore } from '../store/object-store.ts'
import type { ProbeReply, StoreProbe } from '../store/store-probe.ts'
import { type Check, failed, passed } from './check.ts'
import { checkBucket, DOCTOR_KEY, DOCTOR_TEXT, listBuckets } from './check-bucket.ts'
import { checkCors } from './check-cors.ts'
import { checkMachine } from './check-machine.ts'
import { checkUploadMethod } from './check-upload-method.ts'
import { checkClock, checkCredentials, checkEndpoint, checkRegion, checkRepeats } from './check-settings.ts'

/** What the checks look at. */
export interface CheckedService {
  readonly config: Config
  readonly store: ObjectStore
  /** Undefined: the local store. */
  readonly probe: StoreProbe | undefined
  /** The value of `PATH`. */
  readonly searchPath: string
  /** The value of `AWS_PROFILE`. */
  readonly profile: string | undefined
  /** A video to read; undefined: the first object of each source bucket. */
  readonly video?: ObjectLocation | undefined
  readonly signal: AbortSignal
}

/** Runs every check, of the store and of the machine. Rejects only if `signal` aborts. */
export async function runChecks (service: CheckedService): Promise<Check[]> {
  const { config, store, probe, searchPath, signal } = service
  const [ofStore, ofMachine] = await Promise.all([
    probe === undefined ? checkLocalStore(config, store, signal) : checkS3({ ...service, probe }),
    checkMachine(config, { searchPath, signal })
  ])
  return [...ofStore, ...ofMachine]
}

async function checkS3 ({
  config,
  store,
  probe: bareProbe,
  profile,
  video,
  signal
}: Omit<CheckedService, 'searchPath'> & { readonly probe: StoreProbe }): Promise<Check[]> {
  const { replies, probe } = recordReplies(bareProbe)
  const region = await probe.readRegion()
  const settings = [await checkRegion(probe), await checkCredentials(probe, { profile })]
  if ('problem' in region || settings.some(({ status }) => status === 'fail')) return settings
  const reply = await probe.ask({ operation: 'head-bucket', bucket: config.outputBucket }, { signal })
  const endpoint = await checkEndpoint(reply, config.s3PublicEndpoint)
  if (endpoint.status === 'fail') return [...settings, endpoint]
  const reader = { store, probe, region: region.value, signal }
  const buckets: Check[] = []
  for (const use of listBuckets(config)) {
    buckets.push(...(await checkBucket(use, video?.bucket === use.bucket ? video : undefined, reader)))
  }
  const { bucket: upload, method } = config.uploads
  const storeUrl = config.s3PublicEndpoint ?? reply.origin
  const ofMethod = storeUrl === undefined ? [] : [checkUploadMethod(storeUrl, method)]
  if (!buckets.some(({ name, status }) => name === `bucket ${upload}` && status === 'fail')) {
    buckets.push(await checkCors(upload, config.security.corsOrigins, { ...reader, method }))
  }
  const repeats = checkRepeats(replies)
  const ofRepeats = repeats === undefined ? [] : [repeats]
  return [...settings, endpoint, checkClock(replies), ...ofMethod, ...buckets, ...ofRepeats]
}

function recordReplies (probe: StoreProbe): { readonly replies: readonly ProbeReply[], readonly probe: StoreProbe } {
  const replies: ProbeReply[] = []
  return {
    replies,
    probe: {
      ...probe,
      async ask (request, options) {
        const reply = await probe.ask(request, options)
        replies.push(reply)
        return reply
      }
    }
  }
}

async function checkLocalStore (config: Config, store: ObjectStore, signal: AbortSignal): Promise<Check[]> {
  const { localDir, outputBucket: bucket, outputPrefix } = config
  const key = `${outputPrefix}${DOCTOR_KEY}`
  try {
    await store.put({ bucket, key }, Buffer.from(DOCTOR_TEXT), {
      signal,
      contentType: 'text/plain',
      cacheControl: 'no-store',
      metadata: {}
    })
    for (const name of config.sourceBuckets) await store.check(name, { signal })
    const detail =
      `No S3 is configured, so objects are files in ${localDir}; '${bucket}/${key}' was written and stays. For S3, ` +
      'set POSTERFRAME_SOURCE_BUCKETS and POSTERFRAME_OUTPUT_BUCKET.'
    return [passed('local store', detail)]
  } catch (error) {
    signal.throwIfAborted()
    return [
      failed('local store', {
        detail: `Files cannot be written to ${localDir}: ${error instanceof Error ? error.message : String(error)}`,
        nextStep: 'Set POSTERFRAME_LOCAL_DIR to a directory that the user of the service can write to.'
      })
    ]
  }
}
