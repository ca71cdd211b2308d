import { parameterError } from '../input/check-input.ts'
import { CONTAINER_EXTENSIONS, extensionOf, OTHER_CONTAINER_TYPES } from '../options/containers.ts'

const VIDEO = /^video\/[a-z0-9][a-z0-9.+-]{0,62}$/
/** Types of containers that other things than videos have, too, and the type of unknown files. */
const NEUTRAL: ReadonlySet<string> = new Set(['application/octet-stream', ...OTHER_CONTAINER_TYPES])
/**
 * Types that tables of media types have for extensions of videos: those of audio for 3GP, MP4, Ogg and WebM, and others
 * for `.ts`, which Qt's translations and TypeScript use, and for `.asf`.
 */
const MISTAKEN =
  /^(audio\/[a-z0-9][a-z0-9.+-]{0,62}|text\/vnd\.trolltech\.linguist|(application|text)\/(x-)?typescript|application\/vnd\.ms-asf)$/

/**
 * Returns the media type that an upload is stored with: the given one in lower case and without parameters, or that of
 * the file name if the given one is not of a video but such a name commonly has it. A type that browsers execute must
 * not get into the bucket under the control of the caller.
 *
 * @throws PosterframeError `invalid_request` for any other type
 */
export function chooseUploadType (filename: string, contentType: string): string {
  const type = contentType.replace(/;.*$/s, '').trim().toLowerCase()
  if (VIDEO.test(type) || NEUTRAL.has(type)) return type
  const guessed = CONTAINER_EXTENSIONS.get(extensionOf(filename))
  if (MISTAKEN.test(type) && guessed !== undefined) return guessed
  throw parameterError(
    'contentType',
    `is '${contentType.slice(0, 100)}', which is not the type of a video. Send a type such as video/mp4, or ` +
      'application/octet-stream'
  )
}
