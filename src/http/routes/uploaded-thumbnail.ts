import type { FastifyRequest } from 'fastify'
import { createTextCheck, parameterError } from '../../input/check-input.ts'
import type { PosterframeError } from '../../errors.ts'
import { completeOptions } from '../../options/thumbnail-options.ts'
import { expandPreset, type PresetOptions, type Presets } from '../../options/presets.ts'
import { readWholeNumber } from '../../input/whole-number.ts'
import type { MakeThumbnail } from '../../thumbnails/thumbnail.ts'
import { receiveUpload, uploadTooLargeError } from './receive-upload.ts'
import { runWithDeadline } from '../request-signal.ts'
import { OptionsSchema } from '../schemas/thumbnail-schemas.ts'
import { type AppServices, type AppSettings, OPEN_ACCESS } from '../services.ts'

/** Room for the boundaries, headers and text fields around the file of a form. */
const FRAMING_BYTES = 64 * 1024

const checkOptions = createTextCheck(OptionsSchema)

/**
 * Stores the video of a body, which is a form or the video itself, on the scratch disk and makes a thumbnail of it.
 * Always removes the video afterwards. Rejects an invalid option before reading the file, if the option precedes it.
 *
 * @throws PosterframeError as `receiveUpload` and the use case do
 */
export async function makeUploadedThumbnail (
  services: AppServices,
  settings: AppSettings,
  request: FastifyRequest,
  query: PresetOptions,
  client: AbortSignal
): ReturnType<MakeThumbnail> {
  const options = createOptionCollector(query, (settings.access ?? OPEN_ACCESS).presets)
  const framingBytes = request.isMultipart() ? FRAMING_BYTES : 0
  const limits = getUploadLimits(settings, framingBytes, request.awsLambda?.event?.maxBodyBytes)
  const declaredBytes = readWholeNumber(request.headers['content-length']) ?? 0
  if (declaredBytes > limits.maxBodyBytes) throw uploadTooLargeError(limits)
  return services.scratch.withDirectory(async (directory) => {
    // Rejects what cannot fit, but reserves nothing: room is granted to what arrives, not to what is promised.
    await services.scratch.reserveSpace(declaredBytes)
    const reserve = (bytes: number) => services.scratch.reserveSpace(bytes, directory)
    const source = await receiveUpload(request, directory, { ...limits, reserve, signal: client }, options.add)
    // The deadline starts after the upload, which is limited by its idle timeout instead.
    return runWithDeadline(request, settings.timeoutMs, client, (signal) =>
      services.makeThumbnail(
        { source, options: options.complete() },
        {
          signal,
          note: (message) => {
            request.log.info(message)
          }
        }
      )
    )
  })
}

/** @param maxEventBytes largest body that fits into a Lambda event */
function getUploadLimits (
  { maxUploadBytes, uploadIdleMs = 30_000 }: AppSettings,
  framingBytes: number,
  maxEventBytes?: number
) {
  const maxBytes = Math.min(maxUploadBytes, maxEventBytes ?? maxUploadBytes)
  return {
    maxBytes,
    maxBodyBytes: maxEventBytes === undefined ? maxBytes + framingBytes : maxBytes,
    idleMs: uploadIdleMs,
    hint: 'Upload the file to the store with POST /v1/uploads, then send its key.'
  }
}

/** Collects the options of the query and of the form fields, and validates each field as it arrives. */
function createOptionCollector (query: PresetOptions, presets: Presets) {
  let options = query
  const complete = () => completeOptions(expandPreset(presets, options))
  complete()
  return {
    add: (name: string, text: string): void => {
      if (name === 'key' || name === 'bucket') throw misplacedSourceError(name)
      if (Object.hasOwn(query, name)) throw parameterError(name, 'is in both the query and the form; send it once')
      if (Object.hasOwn(options, name)) throw parameterError(name, 'is given more than once; send it once')
      const checked = checkOptions({ [name]: text })
      if ('error' in checked) throw checked.error
      options = { ...options, ...checked.value }
      complete()
    },
    complete
  }
}

/** Returns `invalid_request` for a form that names a video in the store. */
function misplacedSourceError (name: 'key' | 'bucket'): PosterframeError {
  return parameterError(
    name,
    'is in a form, which is for a video in the request. For a video in the store, send JSON: {"key": "sample.mp4"}.'
  )
}
