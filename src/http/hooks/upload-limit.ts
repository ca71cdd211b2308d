import { PosterframeError } from '../../errors.ts'
import type { App } from '../services.ts'
import { hasUploadBody } from '../body-type.ts'
import { nameCaller } from './access.ts'

/** Uploads at once; undefined: no limit. */
export interface UploadCountLimits {
  readonly maxUploads?: number | undefined
  /** For each caller, by name or else by address. */
  readonly maxUploadsPerCaller?: number | undefined
}

const RETRY_AFTER_SECONDS = 5

/**
 * Registers the limits of uploads at once. An upload counts until its body has arrived, so that slow ones keep neither
 * other uploads nor other callers out.
 */
export function registerUploadLimit (
  app: App,
  { maxUploads = Infinity, maxUploadsPerCaller = Infinity }: UploadCountLimits
): void {
  const running = new Map<string, number>()
  let total = 0

  app.addHook('preParsing', async (request, reply) => {
    if (!hasUploadBody(request)) return
    const caller = nameCaller(request)
    const ofCaller = running.get(caller) ?? 0
    if (ofCaller >= maxUploadsPerCaller) {
      throw new PosterframeError('rate_limited', {
        detail: `You are sending ${ofCaller} uploads, the limit for one caller. Send the next when one has arrived.`,
        retryAfterSeconds: RETRY_AFTER_SECONDS
      })
    }
    if (total >= maxUploads) {
      throw new PosterframeError('overloaded', {
        detail: `The service is receiving ${total} uploads, its limit. Send the file again later.`,
        retryAfterSeconds: RETRY_AFTER_SECONDS
      })
    }
    running.set(caller, ofCaller + 1)
    total++
    let isCounted = true
    const release = () => {
      if (!isCounted) return
      isCounted = false
      total--
      const left = (running.get(caller) ?? 1) - 1
      if (left === 0) running.delete(caller)
      else running.set(caller, left)
    }
    request.raw.once('end', release).once('close', release)
    reply.raw.once('close', release)
  })
}
