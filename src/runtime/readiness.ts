import type { Config } from '../config/config.ts'
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
  readonly config: Pick<Config, 'outputBucket' | 'sourceBuckets'>
  readonly store: Pick<ObjectStore, 'check'>
  readonly scratch: Scratch
  readonly decoder: ChosenDecoder
  readonly isolation: Isolation
}

/** Checks every bucket, the scratch disk and the decoder. Never throws: a failed check is part of the result. */
export async function checkReadiness (
  { config, store, scratch, decoder, isolation }: CheckedParts,
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
