import { open } from 'node:fs/promises'
import { PosterframeError } from '../../errors.ts'
import { deriveEtag } from './local-file.ts'

/**
 * Writes a stream of exactly `bytes` into a new file, and returns its entity tag. Throws `upload_too_large` at the
 * first byte too many, `invalid_request` for too few, and the reason of the signal.
 */
export async function receiveFile (
  body: AsyncIterable<Uint8Array>,
  path: string,
  bytes: number,
  signal: AbortSignal
): Promise<string> {
  const file = await open(path, 'wx', 0o600)
  try {
    let received = 0
    for await (const chunk of body) {
      signal.throwIfAborted()
      received += chunk.length
      if (received > bytes) throw signedLengthError(bytes)
      await file.writeFile(chunk)
    }
    signal.throwIfAborted()
    if (received < bytes) {
      throw new PosterframeError('invalid_request', {
        detail: `The body has ${received.toLocaleString('en')} bytes; the URL was signed for ${bytes.toLocaleString('en')}.`
      })
    }
    await file.sync()
    return deriveEtag(await file.stat({ bigint: true }))
  } finally {
    await file.close()
  }
}

/** Returns the error for a body that is larger than was signed. */
export function signedLengthError (bytes: number): PosterframeError {
  return new PosterframeError('upload_too_large', {
    detail: `The URL was signed for ${bytes.toLocaleString('en')} bytes; send exactly as many.`,
    members: { maxBytes: bytes }
  })
}
