import { open } from 'node:fs/promises'
import { PosterframeError } from '../../errors.ts'
import { deriveEtag } from './local-file.ts'

/**
 * Writes what arrives into a new file, which has to be `bytes` long; answers its entity tag. Throws
 * `upload_too_large` at the first byte past that, `invalid_request` where there are fewer, and the reason of the
 * signal.
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
      if (received > bytes) throw assertLength(bytes)
      await file.writeFile(chunk)
    }
    signal.throwIfAborted()
    if (received < bytes) {
      throw new PosterframeError('invalid_request', {
        detail: `${received.toLocaleString('en')} bytes came, and ${bytes.toLocaleString('en')} were signed.`
      })
    }
    await file.sync()
    return deriveEtag(await file.stat({ bigint: true }))
  } finally {
    await file.close()
  }
}

/** `upload_too_large` for more than was signed. */
export function assertLength (bytes: number): PosterframeError {
  return new PosterframeError('upload_too_large', {
    detail: `This takes ${bytes.toLocaleString('en')} bytes, as was signed, and no more.`,
    members: { maxBytes: bytes }
  })
}
