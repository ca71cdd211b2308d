import type { Config } from '../config/config.ts'
import { isPosterframeError } from '../errors.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { Isolation } from '../sandbox/isolation.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { ChosenDecoder } from '../video/decode/choose-decoder.ts'

/** The body of `/readyz`: whether the service can handle requests, and the result of each check. */
export interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, { readonly ok: boolean, readonly detail?: string }>>
}

/** The parts that a request needs. */
export interface CheckedParts {
  readonly config: Pick<Config, 'outputBucket' | 'outputPrefix' | 'sourceBuckets'>
  readonly store: Pick<ObjectStore, 'check' | 'get'>
  readonly scratch: Scratch
  readonly decoder: ChosenDecoder
  readonly isolation: Isolation
}

/** Key that no object has: the store says whether it would let the service read it. */
const ABSENT_KEY = 'posterframe-readiness'

/**
 * Checks the buckets, the scratch disk and the decoder. The service is ready with the output bucket and one source
 * bucket; the check of each other source bucket is a warning with its name. Never throws: a failed check is part of the
 * result.
 */
export async function checkReadiness (
  { config, store, scratch, decoder, isolation }: CheckedParts,
  signal: AbortSignal
): Promise<Readiness> {
  const sources = config.sourceBuckets.filter((bucket) => bucket !== config.outputBucket)
  const [storeCheck, sourceChecks, scratchCheck, decoderCheck] = await Promise.all([
    checkBucket(store, { bucket: config.outputBucket, key: `${config.outputPrefix}${ABSENT_KEY}` }, signal),
    Promise.all(sources.map((bucket) => checkBucket(store, { bucket, key: ABSENT_KEY }, signal))),
    check(() => scratch.check()),
    check(() => scratch.withDirectory((directory) => decoder.check({ directory, signal })), decoder.description)
  ])
  const required = {
    store: storeCheck,
    scratch: scratchCheck,
    decoder: decoderCheck,
    isolation: { ok: true, detail: isolation.description }
  }
  const hasSource = sources.length < config.sourceBuckets.length || sourceChecks.some(({ ok }) => ok)
  return {
    ready: hasSource && Object.values(required).every(({ ok }) => ok),
    checks: { ...required, ...Object.fromEntries(sourceChecks.map((result, i) => [`source ${sources[i]}`, result])) }
  }
}

/**
 * Checks a bucket as requests use it. HEAD of a bucket needs `s3:ListBucket`, which a policy for objects alone does not
 * grant; then the answer for an object shows that the store knows the credentials.
 */
async function checkBucket (
  store: CheckedParts['store'],
  absent: { readonly bucket: string, readonly key: string },
  signal: AbortSignal
): Promise<Readiness['checks'][string]> {
  try {
    await store.check(absent.bucket, { signal })
    return { ok: true }
  } catch (error) {
    if (!isPosterframeError(error, 'store_forbidden')) return { ok: false, detail: describe(error) }
  }
  try {
    const { body } = await store.get(absent, { signal, range: { start: 0, end: 1 } })
    body.destroy()
    return { ok: true }
  } catch (error) {
    if (isPosterframeError(error, 'source_not_found')) return { ok: true }
    if (!isPosterframeError(error, 'store_forbidden')) return { ok: false, detail: describe(error) }
    return {
      ok: true,
      detail: `The service may not list the bucket '${absent.bucket}', so only requests show whether it may use it.`
    }
  }
}

async function check (task: () => Promise<unknown>, detail?: string): Promise<Readiness['checks'][string]> {
  try {
    await task()
    return { ok: true, ...(detail === undefined ? {} : { detail }) }
  } catch (error) {
    return { ok: false, detail: describe(error) }
  }
}

function describe (error: unknown): string {
  return error instanceof Error ? error.message : 'failed'
}
