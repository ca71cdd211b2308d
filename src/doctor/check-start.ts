import type { Config } from '../config/config.ts'
import type { StoreProbe } from '../store/store-probe.ts'
import type { Check } from './check.ts'
import { listBuckets } from './check-bucket.ts'
import { checkCredentials, checkRegion } from './check-settings.ts'
import { explainReply } from './explain-reply.ts'

/** What a start finds: problems that end it, and warnings that it goes on with. Each is one sentence or two. */
export interface StartFindings {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** Time for all requests together: a store that does not respond must not hold up the start. */
const TIMEOUT_MS = 5_000
const WRONG_KEY = 'The access key or its secret may also be wrong: `posterframe doctor` finds out.'
const NOTHING: StartFindings = { problems: [], warnings: [] }

/**
 * Checks region, credentials and, by one HEAD each, the buckets. A missing setting, a missing output bucket, and
 * source buckets that are all missing end the start, and so does an endpoint that is not a URL. Everything else is a
 * warning, because one bad source bucket or a store that is down must not take a service out that others use.
 *
 * @param probe undefined: the local store
 * @param profile the value of `AWS_PROFILE`
 */
export async function checkStart (
  config: Config,
  probe: StoreProbe | undefined,
  profile?: string
): Promise<StartFindings> {
  if (probe === undefined) return NOTHING
  const checks = [await checkRegion(probe), await checkCredentials(probe, { profile })]
  const settings = checks.filter(({ status }) => status === 'fail')
  if (settings.length > 0) return { problems: settings.map(describe), warnings: [] }
  const found = await probe.readRegion()
  const region = 'value' in found ? found.value : ''
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const buckets = await Promise.all(listBuckets(config).map((use) => headBucket(use, probe, region, signal)))
  const unusable = buckets.filter(({ isUnusable }) => isUnusable)
  const isFatal =
    unusable.some(({ bucket }) => bucket === config.outputBucket) ||
    config.sourceBuckets.every((name) => unusable.some(({ bucket }) => bucket === name))
  // A store that is down has the same sentence for every bucket.
  const sentences = (list: typeof buckets) => [...new Set(list.flatMap(({ sentence = [] }) => sentence))]
  return isFatal
    ? { problems: sentences(unusable), warnings: sentences(buckets.filter(({ isUnusable }) => !isUnusable)) }
    : { problems: [], warnings: sentences(buckets) }
}

async function headBucket (
  { bucket, variable }: { readonly bucket: string, readonly variable: string },
  probe: StoreProbe,
  region: string,
  signal: AbortSignal
) {
  try {
    const reply = await probe.ask({ operation: 'head-bucket', bucket }, { signal })
    if (reply.ok) return { bucket, isUnusable: false, sentence: undefined }
    const right = `s3:ListBucket on arn:aws:s3:::${bucket}`
    const { detail, nextStep } = explainReply(reply, { bucket, region, action: `see the bucket '${bucket}'`, right, variable })
    // The store sends no code with HEAD, so a wrong key looks like a missing right.
    const isUnclear = reply.status === 403 && reply.code === undefined
    const hint = isUnclear ? ` ${WRONG_KEY}` : ''
    // Without an origin, the client could not even build the request.
    const isUnusable = reply.status === 404 || (reply.status === undefined && reply.origin === undefined)
    return { bucket, isUnusable, sentence: `${detail} ${nextStep}${hint}` }
  } catch {
    const sentence = `The store did not respond within ${TIMEOUT_MS / 1000} s to HEAD of the bucket '${bucket}'.`
    return { bucket, isUnusable: false, sentence }
  }
}

function describe ({ detail, nextStep = '' }: Check): string {
  return `${detail} ${nextStep}`.trim()
}
