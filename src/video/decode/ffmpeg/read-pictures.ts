import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { resolutionLimitError } from '../decode-limits.ts'

/** Room for the header of a PAM picture. */
const MAX_PAM_HEADER_BYTES = 1024

/** Reads PAM pictures. Throws `video_limits_exceeded` if they take more bytes than `count` pictures may. */
export async function readPictures (output: Readable, count: number, maxPixels: number): Promise<Buffer> {
  const maxBytes = count * (maxPixels * 4 + MAX_PAM_HEADER_BYTES)
  let bytes = 0
  return await buffer(
    (async function * () {
      for await (const chunk of output as AsyncIterable<Buffer>) {
        bytes += chunk.length
        if (bytes > maxBytes) throw resolutionLimitError(maxPixels)
        yield chunk
      }
    })()
  )
}
